// Watches the reading screen from outside, before any of its scripts run. A moment counts once the frame that shows
// it has been handed over: an animation frame and a task after the change.

{
  const probe = (globalThis.probe = { small: 0, full: 0, previews: [], contentful: 0, keys: [], saved: [] });
  const levels = { small: ["small", "full"], full: ["full"] };
  const after = (act) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => act(performance.now());
      port2.postMessage(0);
    });
  const panes = () => [...document.querySelectorAll(".pane")];

  probe.again = () => Object.assign(probe, { small: 0, full: 0 });

  new MutationObserver(() => {
    const [some, all] = [panes(), panes().length > 0];
    if (!probe.small && some.some((pane) => levels.small.includes(pane.dataset.level))) {
      probe.small = -1;
      after((time) => (probe.small = time));
    }
    if (!probe.full && all && some.every((pane) => levels.full.includes(pane.dataset.level))) {
      probe.full = -1;
      after((time) => (probe.full = time));
    }
  }).observe(document, { subtree: true, attributeFilter: ["data-level"] });

  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") probe.contentful = startTime;
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { element, renderTime, startTime } of list.getEntries()) {
      if (element?.className === "preview") probe.previews.push(renderTime || startTime);
    }
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") probe.keys.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });

  // Linked window and level: each move of a mouse that is held down is drawn and read back, so that it is drawn indeed.
  probe.redraw = async (well, seconds) => {
    const surface = document.querySelector("canvas.surface");
    const gl = surface.getContext("webgl2");
    const flat = gl ? null : surface.getContext("2d");
    const readBack = () =>
      gl ? gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)) : flat.getImageData(0, 0, 1, 1);
    const box = well.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const began = performance.now();
    let count = 0;
    while (performance.now() - began < seconds * 1000) {
      count += 1;
      const place = { clientX: x + 60 * Math.sin(count / 9), clientY: y + 40 * Math.cos(count / 7) };
      well.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, bubbles: true, ...place }));
      await new Promise(requestAnimationFrame);
      readBack();
    }
    return (count / (performance.now() - began)) * 1000;
  };

  // Autosave: from the key to the server's acknowledgement on the status line.
  let pressed = 0;
  addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
  new MutationObserver(() => {
    if (pressed && document.querySelector(".status")?.dataset.waiting === "0") {
      probe.saved.push(performance.now() - pressed);
      pressed = 0;
    }
  }).observe(document, { subtree: true, attributeFilter: ["data-waiting"] });
}
