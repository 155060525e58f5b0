// The list of files being sent: one line with a progress bar for each file, and one bar for all of them.
export const bytes = (count) => {
  const [step, unit] = [[1024 ** 2, "MB"], [1024, "kB"]].find(([size]) => count >= size) ?? [1, "bytes"];
  return `${step === 1 ? count : (count / step).toFixed(1)} ${unit}`;
};

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

export const line = (path, size) => {
  const bar = element("progress", { value: 0, max: size || 1 });
  bar.setAttribute("aria-label", `${path}, uploaded`);
  const words = element("span", { className: "soft", textContent: "waiting" });
  const item = element("li", { className: "sent-file" }, element("span", { className: "clip", textContent: path, title: path }), bar, words);
  return {
    item,
    progress: (sent) => { bar.value = sent; words.textContent = sent < size ? `${bytes(sent)} of ${bytes(size)}` : "processing"; },
    waiting: (waits) => { words.textContent = waits ? "connection lost, retrying" : "continuing"; },
    refused: (reason) => { bar.remove(); item.classList.add("line-wrong"); words.className = "wrong"; words.textContent = `Not uploaded: ${reason}`; item.setAttribute("role", "alert"); },
  };
};

export const total = (box) => {
  const [bar, words] = [box.querySelector("[data-total]"), box.querySelector("[data-total-words]")];
  const files = new Map();
  let [ended, refused] = [0, 0];
  const show = () => {
    const [sent, size] = [...files.values()].reduce(([a, b], { sent, size }) => [a + sent, b + size], [0, 0]);
    bar.max = size || 1;
    bar.value = sent;
    const tail = refused ? `, ${refused} not uploaded` : "";
    words.textContent = `${ended} of ${files.size} files, ${bytes(sent)} of ${bytes(size)}${tail}`;
  };
  return {
    add: (key, size) => { files.set(key, { sent: 0, size }); show(); },
    progress: (key, sent) => { files.get(key).sent = sent; show(); },
    ended: (key, { wasRefused = false } = {}) => { ended += wasRefused ? 0 : 1; refused += wasRefused ? 1 : 0; show(); },
    leave: (key) => { files.delete(key); show(); },
  };
};
