// The second person's page: one film with its masks over it; one key switches between before and after.

import { MaskOverlay } from "./mask_overlay.js";
import { data, find } from "./page.js";
import { Viewer } from "./viewer.js";

const NOT_SEEN = "The film has not loaded at full size, or you have not seen all of it yet. Press = to fit it into the view.";
const root = find("main.screen-grid");
const { rectangles, crops } = data("masks");
const suggested = data("suggested");
const viewer = new Viewer(root, { worker: root.dataset.worker });
let after = true;

const overlay = new MaskOverlay(viewer, () => ({
  masks: after ? rectangles.map((box) => [box, false]) : [],
  cuts: Object.entries(crops).map(([side, box]) => [side, box, false]),
  suggested: after ? [] : suggested,
  hiding: after,
}));

const blink = find("[data-blink]");
blink.hidden = false;
blink.addEventListener("click", () => show(!after));
find(".usual").hidden = false;
document.addEventListener("click", ({ target }) => {
  const usual = target.closest("[data-usual]");
  if (!usual) return;
  const field = find("#refuse-reason");
  field.value = usual.querySelector("span").textContent;
  find("#refuse .danger").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") find("#refuse").open = false;
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "confirm" || viewer.seen) return;
  event.preventDefault();
  find("#level").textContent = NOT_SEEN;
});

viewer.show(data("shown-film"));
show(true);

function show(wanted) {
  after = wanted;
  blink.textContent = after ? "Show before" : "Show after";
  find("#mode").textContent = after ? "After masking" : "Before masking";
  overlay.draw();
}
