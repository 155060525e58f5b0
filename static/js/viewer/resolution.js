// Says when the screen has another number of pixels per CSS pixel: the window was moved to another screen, or the
// browser's zoom was changed. Neither needs to change a size in CSS pixels, so an observer of sizes does not report it.

const NEAR = 0.001;

// Calls changed() after each change; returns the function that ends it.
export function watchResolution(changed) {
  const ended = new AbortController();
  ask(changed, ended.signal);
  return () => ended.abort();
}

// A query is for one resolution: after each change the next one is queried.
function ask(changed, signal) {
  const [least, most] = [devicePixelRatio - NEAR, devicePixelRatio + NEAR];
  const query = matchMedia(`(min-resolution: ${least}dppx) and (max-resolution: ${most}dppx)`);
  const heard = () => {
    ask(changed, signal);
    changed();
  };
  query.addEventListener("change", heard, { once: true, signal });
}
