// A lens on the film under the pointer while its key is held or its button is on; the film itself stays put.

import { pointAt } from "./view.js";

const SIDE = 240;
const POWER = 2.5;

export class Magnifier {
  on = false;
  #last = null;

  constructor(stage, tools, frame) {
    Object.assign(this, { stage, tools, frame });
    for (const pane of stage.panes) {
      pane.well.addEventListener("pointermove", (event) => this.#move(pane, event));
      pane.well.addEventListener("pointerleave", () => this.#leave(pane));
    }
    stage.onplaced(() => this.on && this.#refresh());
  }

  set(on) {
    this.on = on;
    this.#refresh();
  }

  #move(pane, event) {
    const box = pane.well.getBoundingClientRect();
    this.#last = { pane, x: event.clientX - box.left, y: event.clientY - box.top };
    if (this.on) this.#refresh();
  }

  #leave(pane) {
    if (this.#last?.pane === pane) this.#last = null;
    if (this.on) this.#refresh();
  }

  #refresh() {
    this.#aim();
    this.stage.invalidate();
  }

  // Without a pointer over a film (keyboard alone) the lens opens in the middle of the active pane.
  #aim() {
    const pane = this.#last?.pane ?? this.tools.panes()[0];
    this.stage.lens = this.on && pane?.display?.view ? this.#lens(pane) : null;
    this.frame.hidden = !this.stage.lens;
    if (this.stage.lens) this.#frameAround(this.stage.lens.rect);
  }

  #lens(pane) {
    const ratio = this.stage.pixelRatio;
    const { rect, view } = pane;
    const at = this.#last ? [this.#last.x * ratio, this.#last.y * ratio] : [rect.width / 2, rect.height / 2];
    const [x, y] = pointAt(view, rect, ...at);
    const side = Math.min(Math.round(SIDE * ratio), rect.width, rect.height);
    const corner = (place, least, length) =>
      Math.round(Math.min(Math.max(least + place - side / 2, least), least + length - side));
    return {
      pane,
      rect: { x: corner(at[0], rect.x, rect.width), y: corner(at[1], rect.y, rect.height), width: side, height: side },
      view: { ...view, x, y, zoom: Math.max(view.zoom * POWER, 1) },
    };
  }

  #frameAround({ x, y, width, height }) {
    const ratio = this.stage.pixelRatio;
    const style = this.frame.style;
    style.setProperty("left", `${x / ratio}px`);
    style.setProperty("top", `${y / ratio}px`);
    style.setProperty("width", `${width / ratio}px`);
    style.setProperty("height", `${height / ratio}px`);
  }
}
