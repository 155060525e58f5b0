// Masks, cuts and suggested boxes drawn over the film; redrawn whenever the film moves or a box changes.

import { corners } from "./boxes.js";
import { piece } from "../viewer/svg.js";
import { placeOf } from "../viewer/view.js";

const GRIP = 4;

export class MaskOverlay {
  // boxes() gives {masks: [[box, chosen]], cuts: [[side, box, chosen]], suggested: [box]}, all in film pixels.
  constructor(viewer, boxes) {
    this.viewer = viewer;
    this.boxes = boxes;
    this.group = piece(viewer.pane.element.querySelector("svg.overlay"), "g");
    viewer.stage.onplaced(() => this.draw());
  }

  draw() {
    this.group.replaceChildren();
    if (!this.viewer.pane.display?.view) return;
    const { masks, cuts, suggested, hiding = false } = this.boxes();
    for (const box of suggested) this.#rect(box, "suggested");
    for (const [box, chosen] of masks) this.#rect(box, hiding ? "hiding" : chosen ? "mask chosen" : "mask", chosen);
    for (const [side, box, chosen] of cuts) this.#part(side, box, chosen);
  }

  #part(side, box, chosen) {
    const [x, y] = this.#rect(box, chosen ? "cut chosen" : "cut", chosen);
    piece(this.group, "text", { x: x + 8, y: y + 20 }).textContent = side === "L" ? "Left" : "Right";
  }

  #rect(box, kind, grips = false) {
    const [topLeft, , , bottomRight] = corners(box).map((corner) => this.#at(corner));
    const [x, y] = [0, 1].map((k) => Math.min(topLeft[k], bottomRight[k]));
    const [width, height] = [0, 1].map((k) => Math.abs(bottomRight[k] - topLeft[k]));
    piece(this.group, "rect", { class: kind, x, y, width, height });
    if (grips) for (const corner of corners(box)) this.#grip(this.#at(corner));
    return [x, y];
  }

  #grip([x, y]) {
    piece(this.group, "rect", { class: "grip", x: x - GRIP, y: y - GRIP, width: 2 * GRIP, height: 2 * GRIP });
  }

  #at(point) {
    const { pane, stage } = this.viewer;
    return placeOf(pane.view, pane.rect, ...point).map((length) => length / stage.pixelRatio);
  }
}
