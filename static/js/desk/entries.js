// What the person has entered about a film stays when the page of the same film is exchanged, as it is when masks are sent.

const form = () => document.getElementById("accept");
const film = (of) => of && new URL(of.action).pathname;

// To be called before the exchange; the answer puts the entries back after it.
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
