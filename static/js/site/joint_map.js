// The drawn hands and feet of the page "Agreement by joint": each joint shaded by the chosen figure. The table on the
// page has every figure in numbers; the drawing adds where they are.

import { BONES, PLACES } from "../viewer/drawn_hand_and_foot.js";
import { piece } from "../viewer/svg.js";

const REGIONS = [["R", "hand"], ["L", "hand"], ["R", "foot"], ["L", "foot"]];
const NAMES = { R: "Right", L: "Left" };

function drawing(side, view) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "50 0 110 122");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", `${NAMES[side]} ${view}`);
  const middle = piece(svg, "g", side === "L" ? {} : { transform: "translate(210 0) scale(-1 1)" });
  for (const d of BONES[view]) piece(middle, "path", { class: "bone", d });
  return { svg, middle };
}

function mark(middle, place, { address, text, strength }) {
  const link = piece(middle, "a", { href: address, "aria-label": text });
  const shade = strength === null ? "too-few" : `shade-${strength}`;
  const circle = piece(link, "circle", { class: `joint ${shade}`, cx: place[0], cy: place[1], r: 4 });
  piece(circle, "title").textContent = text;
}

export function draw(root, joints) {
  for (const [side, view] of REGIONS) {
    const here = joints.filter((joint) => joint.side === side && joint.view === view);
    if (!here.length) continue;
    const { svg, middle } = drawing(side, view);
    for (const joint of here) if (PLACES[view][joint.joint]) mark(middle, PLACES[view][joint.joint], joint);
    const figure = root.appendChild(document.createElement("figure"));
    const caption = document.createElement("figcaption");
    caption.textContent = `${NAMES[side]} ${view}`;
    figure.append(svg, caption);
  }
}

const data = document.getElementById("joint-map-data");
if (data) draw(document.getElementById("joint-map"), JSON.parse(data.textContent));
