// Placing joints: three clicks position the template on the image, then single joints can be dragged.

import { JointHand } from "./joint_hand.js";
import { JointSheet } from "./joint_sheet.js";
import { data, find, notice, typing } from "./page.js";
import { piece } from "../viewer/svg.js";
import { Viewer } from "./viewer.js";
import { placeOf } from "../viewer/view.js";

const RADIUS = 9;
const UNREACHABLE = { error: "The server cannot be reached. No joint was placed. Try again in a moment." };
const root = find("main.screen-grid");
const anchors = data("anchors");
const viewer = new Viewer(root, { worker: root.dataset.worker });
const overlay = piece(viewer.pane.element.querySelector("svg.overlay"), "g");
const sheet = new JointSheet(find("#place"), () => draw());
const hand = new JointHand(viewer, sheet, { wanted: anchors.length, clicked: ask, fitted: fit });

viewer.hand = hand;
viewer.stage.onplaced(() => draw());
for (const button of document.querySelectorAll("[data-again], [data-step], [data-word]")) button.hidden = false;
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.again !== undefined) hand.again();
  if (button?.dataset.step) sheet.step(Number(button.dataset.step));
  if (button?.dataset.word !== undefined) sheet.note(button.dataset.word);
});
document.addEventListener("keydown", (event) => {
  if (!typing(event.target) && hand.key(event)) event.preventDefault();
});
viewer.show(data("shown-film"));
ask();

// Shows which anchor to click next.
function ask() {
  const wanted = hand.anchoring ? hand.clicks.length : anchors.length;
  find(".anchors").querySelectorAll("li").forEach((item, k) => {
    item.classList.toggle("done", hand.anchoring && k < wanted);
    item.toggleAttribute("aria-current", k === wanted);
  });
  find("#mode").textContent = hand.anchoring ? `Click: ${anchors[wanted]}` : "";
  draw();
}

async function fit(clicks) {
  const body = new FormData(find("#fit"));
  body.delete("anchor");
  for (const [x, y] of clicks) body.append("anchor", `${x.toFixed(1)}, ${y.toFixed(1)}`);
  const way = { method: "POST", body, headers: { Accept: "application/json" } };
  const answer = await fetch(find("#fit").action, way).then((response) => response.json()).catch(() => UNREACHABLE);
  if (answer.error) {
    notice(answer.error);
    hand.again();
    return;
  }
  find("#notices").replaceChildren();
  hand.clicks = [];
  sheet.fill(answer.joints, viewer.film);
}

function draw() {
  overlay.replaceChildren();
  if (!viewer.pane.display?.view) return;
  for (const one of sheet.placed) mark(one, at(one.point));
  for (const click of hand.clicks) cross(at(click));
}

function mark({ joint, name, word, unsure }, [cx, cy]) {
  const chosen = joint === sheet.chosen;
  piece(overlay, "circle", { class: "ground", cx, cy, r: RADIUS });
  piece(overlay, "circle", { class: ["joint", word, unsure ? "unsure" : "", chosen ? "chosen" : ""].filter(Boolean).join(" "), cx, cy, r: RADIUS });
  if (chosen) piece(overlay, "text", { class: "name", x: cx + RADIUS + 4, y: cy + 4 }).textContent = name;
}

function cross([x, y]) {
  piece(overlay, "path", { class: "anchor", d: `M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}` });
}

function at(point) {
  const { pane, stage } = viewer;
  return placeOf(pane.view, pane.rect, ...point).map((length) => length / stage.pixelRatio);
}
