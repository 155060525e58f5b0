// The map: where on the hand or foot the reader is and what is done, by shape alone.

import { BONES, PLACES } from "../viewer/drawn_hand_and_foot.js";
import { piece, place } from "../viewer/svg.js";

const SPREAD = 5;

export class SiteMap {
  #marks = new Map();
  #region = null;

  constructor(root, { plan, timepoints, sheet, cursor }) {
    Object.assign(this, { root, timepoints, sheet, cursor });
    cursor.watch(({ region }) => {
      if (region !== this.#region) this.#lay(region);
      this.draw();
    });
    sheet.watch((item, timepoint) => {
      if (plan.sequence[plan.places.get(`${item}/${timepoint}`)]?.region === this.#region) this.draw();
    });
  }

  draw() {
    const { item } = this.cursor.cell;
    for (const [joint, { mark, items }] of this.#marks) {
      const cells = items.flatMap((each) => this.timepoints.map((timepoint) => this.sheet.cell(each.key, timepoint)));
      const filled = cells.filter(({ value, reason }) => value !== null || reason !== "").length;
      mark.classList.toggle("full", filled === cells.length);
      mark.classList.toggle("part", filled > 0 && filled < cells.length);
      mark.classList.toggle("flagged", cells.some(({ flag, comment }) => flag || comment));
      mark.classList.toggle("current", joint === item.joint);
      place(mark, joint === item.joint ? { r: SPREAD } : { r: 3.2 });
    }
  }

  // The left film hangs with the thumb or great toe to the right of the viewer, the right one mirrored.
  #lay(region) {
    this.#region = region;
    const places = PLACES[region.view];
    const turn = region.side === "L" ? {} : { transform: "translate(200 0) scale(-1 1)" };
    const middle = piece(document.createDocumentFragment(), "g", turn);
    for (const d of BONES[region.view]) piece(middle, "path", { class: "bone", d });
    const joints = Map.groupBy(region.rows, ({ joint }) => joint);
    this.#marks = new Map();
    for (const [joint, items] of joints) {
      if (!places[joint]) continue;
      const [cx, cy] = places[joint];
      this.#marks.set(joint, { mark: piece(middle, "circle", { class: "site", cx, cy, r: 3.2 }), items });
    }
    this.root.replaceChildren(middle);
  }
}
