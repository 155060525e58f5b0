// Keeps what the person has entered about a film when the page of the same film is replaced, for example after sending masks.

const form = () => document.getElementById("accept");
const film = (of) => of && new URL(of.action).pathname;

// Called before the replacement; returns a function that restores the entries after it.
export function kept() {
  const from = form();
  if (!from) return () => {};
  const values = new FormData(from);
  return () => film(form()) === film(from) && [...form().elements].forEach((field) => fill(field, values));
}

function fill(field, values) {
  if (!field.name || field.type === "hidden" || field.type === "submit") return;
  if (field.type === "radio" || field.type === "checkbox") field.checked = values.getAll(field.name).includes(field.value);
  else field.value = values.get(field.name) ?? field.value;
}
