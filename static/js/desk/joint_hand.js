// Clicking three anchors, then dragging joints; arrow keys move the selected joint by one screen pixel.

import { pointAt } from "../viewer/view.js";

const REACH = 12;
const LARGE_STEP = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class JointHand {
  clicks = [];
  #dragged = null;

  // wanted: how many anchors; fitted(clicks) is called after the last one, clicked() after each.
  constructor(viewer, sheet, { wanted, clicked, fitted }) {
    Object.assign(this, { viewer, sheet, wanted, clicked, fitted });
    this.anchoring = sheet.placed.length === 0;
  }

  again() {
    this.anchoring = true;
    this.clicks = [];
    this.clicked();
  }

  begin(pane, place) {
    const point = pointAt(pane.view, pane.rect, ...place);
    if (this.anchoring) return this.#anchor(point);
    document.activeElement?.blur(); // so that the next key is a command and no text of a field
    const near = this.#near(point);
    this.#dragged = near ?? this.#unplaced(point);
    if (near) this.sheet.choose(near);
    return Boolean(this.#dragged);
  }

  drag(place) {
    const { pane, film } = this.viewer;
    if (this.#dragged) this.sheet.place(this.#dragged, pointAt(pane.view, pane.rect, ...place), film);
  }

  key(event) {
    const arrow = ARROWS[event.key];
    const point = arrow ? this.sheet.point(this.sheet.chosen) : null;
    if (!point) return false;
    const step = this.#pixel * (event.ctrlKey || event.shiftKey ? LARGE_STEP : 1);
    this.sheet.place(this.sheet.chosen, [point[0] + arrow[0] * step, point[1] + arrow[1] * step], this.viewer.film);
    return true;
  }

  get #pixel() {
    return this.viewer.stage.pixelRatio / this.viewer.pane.view.zoom;
  }

  #anchor(point) {
    this.#dragged = null;
    this.clicks.push(point);
    this.anchoring = this.clicks.length < this.wanted;
    this.clicked();
    if (!this.anchoring) this.fitted(this.clicks);
    return true;
  }

  // A selected joint without a place gets it where one clicks.
  #unplaced(point) {
    const { chosen } = this.sheet;
    if (!chosen || this.sheet.point(chosen)) return null;
    this.sheet.place(chosen, point, this.viewer.film);
    return chosen;
  }

  #near([px, py]) {
    const reach = REACH * this.#pixel;
    const far = ({ point: [x, y] }) => Math.hypot(x - px, y - py);
    const [nearest] = this.sheet.placed.sort((a, b) => far(a) - far(b));
    return nearest && far(nearest) <= reach ? nearest.joint : null;
  }
}
