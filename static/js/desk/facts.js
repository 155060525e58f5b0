// Side and view as the person sees them, beside what was declared: a difference is said in words before it is sent.

import { find } from "./page.js";

const WORDS = { L: "left", R: "right", B: "both sides", hand: "a hand", foot: "a foot" };

export function attachFacts() {
  document.addEventListener("change", ({ target }) => target.form?.id === "accept" && compare());
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-tick-all]")) return;
    for (const box of document.querySelectorAll('#accept [name="acknowledged"]')) box.checked = true;
  });
}

export function compare() {
  for (const button of document.querySelectorAll("[data-tick-all]")) button.hidden = false;
  const line = find("#differs-words");
  if (!line) return;
  doubtSide();
  const view = find('#accept [name="view"]:checked')?.value ?? find('#accept [aria-labelledby="fact-view"]').dataset.declared;
  for (const item of document.querySelectorAll("[data-of-view]")) item.hidden = item.dataset.ofView !== view;
  const words = [...document.querySelectorAll("#accept [data-declared]")].flatMap((group) => {
    const seen = group.querySelector(":checked")?.value;
    const { declared } = group.dataset;
    return seen && declared && seen !== declared ? [`declared ${WORDS[declared]}, you see ${WORDS[seen]}`] : [];
  });
  line.hidden = !words.length;
  line.textContent = words.length ? `Differs: ${words.join("; ")}. Ask the site when in doubt.` : "";
}

// What says another side than the person sees is shown with a tick that says that they looked again.
function doubtSide() {
  const box = find("#side-witnesses");
  const side = find('#accept [name="side"]:checked')?.value;
  if (!box) return;
  const items = [...box.querySelectorAll("[data-says-side]")];
  for (const item of items) item.hidden = !side || item.dataset.saysSide === side || (side === "B" && "letter" in item.dataset);
  box.hidden = items.every((item) => item.hidden);
}

// What is still missing before the film can be accepted, in words.
export function missing(form, viewer) {
  if (!viewer.seen) return viewer.film?.state === "full" ? "The film has not been seen whole yet: press =." : "The film is not here in full size yet.";
  if (!form.elements.side.value) return "Which side do you see? Press l, r or b.";
  if (!form.elements.view.value) return "Which view do you see? Press h or f.";
  if (!form.elements.film_date.value) return "The film date is missing: press d.";
  if (!form.elements.spacing_mm.value && !form.elements.no_scale.checked) return "The scale is missing: press w, or u when none is known.";
  if (form.elements.inverted?.value === "") return "Is the picture inverted? Press i to compare, then p or Shift+P.";
  const doubt = find("#side-witnesses:not([hidden])");
  if (doubt && !form.elements.side_confirmed.checked) return "Something else says another side. Look again, and press o if the side you chose is right.";
  const open = form.querySelectorAll('[name="acknowledged"]:not(:checked)').length;
  return open ? "There are findings that nobody has ticked: press k when you have seen them." : "";
}
