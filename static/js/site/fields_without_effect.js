// Hides a part of a form while another field has a value with which that part has no effect.
// <div data-idle-beside="repeats_share" data-idle-with="0 0.0">: the name of the other field and the values.
const same = (given, value) => given === value || (given !== "" && Number(given) === Number(value));

const arrange = (form) => {
  for (const part of form.querySelectorAll("[data-idle-beside]")) {
    const other = form.elements.namedItem(part.dataset.idleBeside);
    part.hidden = Boolean(other) && part.dataset.idleWith.split(" ").some((value) => same(other.value, value));
  }
};

for (const form of document.querySelectorAll("form:has([data-idle-beside])")) {
  arrange(form);
  form.addEventListener("input", () => arrange(form));
}
