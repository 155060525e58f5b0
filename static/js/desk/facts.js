// Side and view as the person sees them, next to what was declared: any difference is shown in words before sending.

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
    return seen && declared && seen !== declared ? [`declared: ${WORDS[declared]}, you see: ${WORDS[seen]}`] : [];
  });
  line.hidden = !words.length;
  line.textContent = words.length ? `This differs from the declaration (${words.join("; ")}). Ask the site if in doubt.` : "";
}

// Sources that contradict the side the person sees are shown with a box to confirm that they have looked again.
function doubtSide() {
  const box = find("#side-witnesses");
  const side = find('#accept [name="side"]:checked')?.value;
  if (!box) return;
  const items = [...box.querySelectorAll("[data-says-side]")];
  for (const item of items) item.hidden = !side || item.dataset.saysSide === side || (side === "B" && "letter" in item.dataset);
  box.hidden = items.every((item) => item.hidden);
}

// The first thing that is missing before the film can be accepted, as a sentence.
export function missing(form, viewer) {
  if (viewer.film?.state !== "full") return "The film has not loaded at full size yet.";
  if (!viewer.seen) return "You have not seen the whole film yet. Press = to fit it into the view.";
  if (!form.elements.side.value) return "Which side do you see? Press l, r or b.";
  if (!form.elements.view.value) return "Which view do you see? Press h or f.";
  if (!form.elements.film_date.value) return "The film date is missing. Press d to enter it.";
  const scaled = form.elements.spacing_mm.value || form.elements.no_scale.checked;
  if (!scaled) return "The scale is missing. Press w to enter it, or u if it is unknown.";
  if (form.elements.inverted?.value === "") return "Is the image inverted? Press i to compare, then p or Shift+P.";
  const doubt = find("#side-witnesses:not([hidden])");
  const unsure = doubt && !form.elements.side_confirmed.checked;
  if (unsure) return "Another source contradicts the side. Look again, and press o if the side you chose is correct.";
  const open = form.querySelectorAll('[name="acknowledged"]:not(:checked)').length;
  return open ? "Some findings are not ticked. Press k once you have looked at all of them." : "";
}
