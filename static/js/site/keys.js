// Single keys: an element with data-key="a" (and data-key-label) is clicked or focused by that key. They can be turned
// off, do nothing while a text field has the focus, and are listed in the shortcuts dialog.
const KEY = "blindread.keys";
const on = () => localStorage.getItem(KEY) !== "off";
const typing = (element) => element.closest("input:not([type=checkbox],[type=radio]), select, textarea, [contenteditable]");
const visible = (element) => element.checkVisibility() && !element.disabled;
const keyed = () => [...document.querySelectorAll("[data-key]")].filter(visible);

document.addEventListener("keydown", (event) => {
  if (!on() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const element = keyed().find((each) => each.dataset.key === event.key);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input:not([type=checkbox],[type=radio]), select, textarea")) element.focus();
  else element.click();
});

const dialog = document.getElementById("keys-dialog");
const list = dialog?.querySelector("[data-keys]");
const box = dialog?.querySelector("[data-keys-on]");

const line = (element) => {
  const [term, text] = [document.createElement("dt"), document.createElement("dd")];
  term.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key }));
  text.textContent = element.dataset.keyLabel ?? element.textContent.trim();
  return [term, text];
};

document.addEventListener("click", (event) => {
  if (!event.target.closest('[data-opens="keys-dialog"]')) return;
  list.replaceChildren(...keyed().flatMap(line));
  box.checked = on();
});
box?.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "on" : "off"));
