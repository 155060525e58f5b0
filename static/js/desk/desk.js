// The QC desk: one film at full size, its facts, masks and decisions, with the next film already loaded.

import { attachFacts, compare, missing } from "./facts.js";
import { MaskHand } from "./mask_hand.js";
import { MaskOverlay } from "./mask_overlay.js";
import { MaskSheet } from "./mask_sheet.js";
import { data, find, typing } from "./page.js";
import { attachReasons } from "./reasons.js";
import { attachTurning } from "./turn.js";
import { Viewer } from "./viewer.js";

const UNSENT = "You have drawn masks but not sent them. Press s to send them, or remove them.";
const root = find("main.screen-grid");
const viewer = new Viewer(root, { worker: root.dataset.worker, changed: () => lookAhead() });
const hand = new MaskHand(viewer, null);
const overlay = new MaskOverlay(viewer, () => boxes());
let sheet = null;

viewer.hand = hand;
attachFacts();
attachReasons();
attachTurning({ refuses, turned: arrive });
document.addEventListener("toggle", ({ target }) => target.id === "masks" && draw(target.open), true);
document.addEventListener("click", ({ target }) => target.closest("[data-mask]") && act(target.closest("[data-mask]").dataset.mask));
document.addEventListener("keydown", (event) => {
  if (!typing(event.target) && hand.key(event)) event.preventDefault();
  if (event.key === "Escape" && hand.on && !find("details.decision[open]")) find("#masks").open = false;
});
addEventListener("beforeunload", (event) => sheet?.unsent && event.preventDefault());
arrive();

function arrive() {
  const form = find("form[data-masks]");
  sheet = form ? new MaskSheet(form, () => overlay.draw()) : null;
  hand.sheet = sheet;
  const tools = find(".mask-tools");
  if (tools) tools.hidden = false;
  draw(Boolean(sheet) && find("#masks").open);
  compare();
  const film = data("shown-film");
  if (film) viewer.show(film);
  overlay.draw();
  lookAhead();
}

function draw(on) {
  hand.on = on && Boolean(sheet);
  if (hand.on) sheet.suggest(data("suggested") ?? []);
  find("#mode").textContent = hand.on ? "Drawing masks" : "";
  overlay.draw();
}

function boxes() {
  if (!sheet) return { masks: [], cuts: [], suggested: [] };
  const mine = (name) => hand.on && sheet.chosen === name;
  return {
    masks: sheet.boxes.map((box, k) => [box, mine(k)]),
    cuts: Object.entries(sheet.cut ?? {}).map(([side, box]) => [side, box, mine(side)]),
    suggested: sheet.boxes.length ? [] : (data("suggested") ?? []),
  };
}

function act(what) {
  const actions = {
    add: () => hand.add(),
    next: () => sheet.next(),
    away: () => sheet.away(),
    cut: () => sheet.toggleCut(viewer.film),
    swap: () => sheet.swap(),
  };
  draw(find("#masks").open); // the toggle event of a key just pressed may not have fired yet
  actions[what]();
}

// Masks that were drawn but not sent would be lost when the film changes.
function refuses(form) {
  if (sheet?.unsent && !form.matches("[data-masks], .quick-masks")) return UNSENT;
  return form.id === "accept" ? missing(form, viewer) : "";
}

// The next film is loaded once this one has loaded completely.
function lookAhead() {
  const next = data("next-film");
  if (next && viewer.film?.state === "full") viewer.prefetch(next);
}
