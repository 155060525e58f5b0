// Drawing masks: a left drag draws, moves or resizes; arrow keys move the selected mask, with Shift they resize it.

import { between, gripAt, holds, inTheMiddle, large, moved, resized } from "./boxes.js";
import { pointAt } from "../viewer/view.js";

const REACH = 9;
const LARGE_STEP = 10;
const FIRST = { width: 140, height: 36 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class MaskHand {
  on = false;
  #doing = null;

  constructor(viewer, sheet) {
    Object.assign(this, { viewer, sheet });
  }

  // A press on the film: on a corner of the selected box, inside a box, or elsewhere.
  begin(pane, place) {
    if (!this.on) return false;
    const point = pointAt(pane.view, pane.rect, ...place);
    this.#doing = this.#grip(pane, point) ?? this.#hold(point) ?? { from: point, name: null };
    if (this.#doing.name !== null) this.sheet.choose(this.#doing.name);
    return true;
  }

  drag(place) {
    const { pane, film } = this.viewer;
    const point = pointAt(pane.view, pane.rect, ...place);
    const doing = this.#doing;
    if (doing.box) {
      const [dx, dy] = [point[0] - doing.from[0], point[1] - doing.from[1]];
      return this.sheet.set(doing.name, moved(doing.box, dx, dy, film));
    }
    const box = between(doing.from, point, film);
    if (!large(box)) return null;
    if (doing.name === null) doing.name = this.sheet.boxes.length;
    return this.sheet.set(doing.name, box);
  }

  // Arrow keys; true when the key was used for the masks.
  key(event) {
    const arrow = ARROWS[event.key];
    const box = this.on && arrow ? this.sheet.box(this.sheet.chosen) : null;
    if (!box) return false;
    const step = this.#step() * (event.ctrlKey ? LARGE_STEP : 1);
    const change = event.shiftKey ? resized : moved;
    this.sheet.set(this.sheet.chosen, change(box, arrow[0] * step, arrow[1] * step, this.viewer.film));
    return true;
  }

  add() {
    const { pane, film } = this.viewer;
    const middle = pointAt(pane.view, pane.rect, pane.rect.width / 2, pane.rect.height / 2);
    const zoom = pane.view.zoom / this.viewer.stage.pixelRatio;
    this.sheet.add(inTheMiddle(middle, FIRST.width / zoom, FIRST.height / zoom, film));
  }

  // One screen pixel, but at least one film pixel.
  #step() {
    return Math.max(Math.round(this.viewer.stage.pixelRatio / this.viewer.pane.view.zoom), 1);
  }

  #grip(pane, point) {
    const { chosen } = this.sheet;
    const box = this.sheet.box(chosen);
    const stays = box && gripAt(box, point, (REACH * this.viewer.stage.pixelRatio) / pane.view.zoom);
    return stays ? { from: stays, name: chosen } : null;
  }

  #hold(point) {
    const found = this.sheet.all.findLast(({ name, box }) => typeof name === "number" && holds(box, point));
    return found ? { from: point, name: found.name, box: found.box } : null;
  }
}
