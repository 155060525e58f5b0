// Measures a distance on a film in mm, where the spacing is known: by dragging, or by clicking both ends.
// One line per pane; it stays with the image points.

import { millimetres } from "./hanging.js";
import { piece, place } from "./svg.js";
import { placeOf, pointAt } from "./view.js";

export class Calliper {
  on = false;
  #lines = new Map();
  #drawing = null;

  constructor(stage) {
    this.stage = stage;
    for (const pane of stage.panes) {
      const overlay = pane.element.querySelector("svg.overlay");
      const group = piece(overlay, "g", { class: "calliper" });
      group.classList.add("none");
      this.#lines.set(pane, { group, line: piece(group, "path"), text: piece(group, "text"), points: null, film: null });
    }
    stage.onplaced(() => this.draw());
  }

  toggle() {
    this.on = !this.on;
    if (!this.on) this.clear();
    return this.on;
  }

  clear() {
    for (const entry of this.#lines.values()) entry.points = null;
    this.draw();
  }

  begin(pane, place) {
    if (!this.on) return false;
    const point = pointAt(pane.view, pane.rect, ...place);
    const entry = this.#lines.get(pane);
    const open = entry.film === pane.film && entry.points && entry.points[0] === entry.points[1];
    this.#drawing = pane;
    Object.assign(entry, { points: [open ? entry.points[0] : point, point], film: pane.film });
    this.draw();
    return true;
  }

  drag(place) {
    const entry = this.#lines.get(this.#drawing);
    entry.points = [entry.points[0], pointAt(this.#drawing.view, this.#drawing.rect, ...place)];
    this.draw();
  }

  draw() {
    for (const [pane, entry] of this.#lines) {
      const shown = entry.points && entry.film === pane.film && pane.display?.view;
      entry.group.classList.toggle("none", !shown);
      if (shown) this.#place(pane, entry);
    }
  }

  #place(pane, { line, text, points }) {
    const ratio = this.stage.pixelRatio;
    const [[x1, y1], [x2, y2]] = points.map((point) => placeOf(pane.view, pane.rect, ...point).map((v) => v / ratio));
    place(line, { d: `M${x1} ${y1}L${x2} ${y2}` });
    place(text, { x: x2 + 8, y: y2 - 8 });
    const { film } = pane;
    text.textContent = film.spacing_mm
      ? `${millimetres(film, ...points).toFixed(1)} mm`
      : "no spacing known for this film";
  }
}
