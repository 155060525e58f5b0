// Shows which joint is in question: four corner ticks around it, nothing over it, light on a dark line so that they
// show on any grey. Can be hidden.

import { piece, place } from "./svg.js";
import { placeOf } from "./view.js";

const HALF_MM = 9;
const HALF_WITHOUT_SPACING = 0.035;
const TICK = 7;
const LEAST = 16;

export class JointPointer {
  hidden = false;
  #marks = new Map();
  #joint = "";
  #timepoint = "";

  constructor(stage) {
    this.stage = stage;
    for (const pane of stage.panes) {
      const overlay = pane.element.querySelector("svg.overlay");
      this.#marks.set(pane, ["joint under", "joint"].map((kind) => piece(overlay, "path", { class: kind, d: "" })));
    }
    stage.onplaced(() => this.draw());
  }

  point(joint, timepoint) {
    this.#joint = joint;
    this.#timepoint = timepoint;
    this.draw();
  }

  toggle() {
    this.hidden = !this.hidden;
    this.draw();
  }

  draw() {
    for (const [pane, marks] of this.#marks) {
      const spot = this.hidden || !pane.display?.view ? null : pane.film.joints?.[this.#joint];
      for (const mark of marks) {
        place(mark, { d: spot ? this.#corners(pane, spot) : "" });
        mark.classList.toggle("current", pane.timepoint === this.#timepoint);
      }
    }
  }

  #corners(pane, spot) {
    const ratio = this.stage.pixelRatio;
    const { film, view } = pane;
    const [x, y] = placeOf(view, pane.rect, ...spot).map((length) => length / ratio);
    const half = film.spacing_mm ? HALF_MM / film.spacing_mm : HALF_WITHOUT_SPACING * film.columns;
    const r = Math.max((half * view.zoom) / ratio, LEAST);
    const corner = (sx, sy) => {
      const [cx, cy] = [x + sx * r, y + sy * r];
      return `M${cx - sx * TICK} ${cy}H${cx}V${cy - sy * TICK}`;
    };
    return corner(-1, -1) + corner(1, -1) + corner(-1, 1) + corner(1, 1);
  }
}
