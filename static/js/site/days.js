// A date field shows its day in the order of the browser's language, so that 01/12 can be two days: the day as written in
// every list (2026-12-01) is shown after each date field that has one, also in content that htmx loads later.
function noteOf(field) {
  const next = field.nextElementSibling;
  if (next?.matches(".iso-day")) return next;
  const note = Object.assign(document.createElement("output"), { className: "iso-day" });
  field.after(note);
  return note;
}

function show(field) {
  noteOf(field).textContent = field.value;
}

function showAll(root) {
  for (const field of root.querySelectorAll("input[type=date]")) show(field);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => target.matches("input[type=date]") && show(target));
}
document.addEventListener("reset", () => queueMicrotask(() => showAll(document)));
document.addEventListener("htmx:load", ({ target }) => showAll(target));
showAll(document);
