// The map: where on the hand or foot the reader is and what is done, by shape alone. Places are schematic, in the
// units of the map (200 x 120), for a left hand or a left foot; the right one is mirrored.

import { piece, place } from "../viewer/svg.js";

const ring = (name, numbers, places) => Object.fromEntries(numbers.map((n, k) => [`${name}${n}`, places[k]]));
const HAND = {
  ...ring("DIP", [2, 3, 4, 5], [[116, 14], [101, 9], [87, 14], [72, 27]]),
  ...ring("PIP", [2, 3, 4, 5], [[113, 28], [101, 24], [88, 29], [75, 40]]),
  ...ring("MCP", [1, 2, 3, 4, 5], [[129, 66], [110, 51], [100, 49], [90, 52], [80, 58]]),
  IP1: [139, 54],
  MC1: [119, 82],
  ...ring("CMC", [3, 4, 5], [[100, 77], [92, 78], [85, 80]]),
  MUL: [110, 83],
  MULNA: [108, 89],
  NAV: [106, 95],
  CAPNL: [99, 89],
  LUNAT: [97, 98],
  WRIST: [99, 90],
  RADCA: [105, 103],
  RADIU: [105, 112],
  ULNA: [89, 110],
};
const FOOT = {
  MTPIP: [121, 20],
  ...ring("MTP", [1, 2, 3, 4, 5], [[119, 46], [107, 42], [97, 45], [88, 51], [79, 60]]),
};
const BONES = {
  hand: [
    "M119 82L129 66L139 54L146 45",
    "M106 88L110 51L117 8",
    "M100 88L100 49L101 3",
    "M94 88L90 52L86 8",
    "M88 88L80 58L71 22",
    "M105 118L104 96",
    "M89 118L91 98",
  ],
  foot: [
    "M113 104L119 46L121 10",
    "M107 104L107 42L107 18",
    "M100 104L97 45L96 22",
    "M95 104L88 51L85 29",
    "M90 102L79 60L74 40",
  ],
};
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
    const places = region.view === "hand" ? HAND : FOOT;
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
