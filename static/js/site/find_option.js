// A long select (data-searchable) gets a search field in front of it: typing keeps the options that contain every word.
// Without this module it remains a plain select.
const LONG = 15;

function optionsOf(select) {
  return [...select.options].map((option) => ({
    option,
    group: option.parentElement.matches("optgroup") ? option.parentElement.label : null,
    words: `${option.parentElement.label ?? ""} ${option.text}`.toLowerCase(),
  }));
}

function fill(select, shown) {
  const made = document.createDocumentFragment();
  let group = null;
  for (const { option, group: label } of shown) {
    if (label === null) { made.append(option); continue; }
    if (group?.label !== label) { group = Object.assign(document.createElement("optgroup"), { label }); made.append(group); }
    group.append(option);
  }
  select.replaceChildren(made);
}

function searchable(select) {
  const all = optionsOf(select);
  if (all.length <= LONG || select.previousElementSibling?.matches(".find-option")) return;
  const label = select.labels[0]?.innerText.trim() ?? "the list";
  const field = Object.assign(document.createElement("input"), { type: "search", className: "find-option", placeholder: "Search" });
  const said = Object.assign(document.createElement("output"), { className: "find-option-count" });
  field.setAttribute("aria-label", `Search ${label}`);
  field.autocomplete = "off";
  select.before(field);
  select.after(said);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = all.filter((one) => one.option.value && words.every((word) => one.words.includes(word)));
    const chosen = select.value;
    fill(select, [...all.filter((one) => !one.option.value), ...fits]);
    select.value = fits.length === 1 && words.length ? fits[0].option.value : chosen;
    if (select.selectedIndex < 0) select.value = "";
    said.textContent = words.length ? `${fits.length} of ${all.filter((one) => one.option.value).length}` : "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    select.focus();
  });
}

const searchAll = (root) => { for (const select of root.querySelectorAll("select[data-searchable]")) searchable(select); };
document.addEventListener("htmx:load", ({ target }) => searchAll(target));
searchAll(document);
