// Under each pane the whole film in small with a box around what the pane shows; a click moves the pane there.

import { hungImage } from "./pane.js";
import { place } from "./svg.js";
import { pointAt } from "./view.js";

export class Strip {
  constructor(stage) {
    this.stage = stage;
    for (const pane of stage.panes) {
      const strip = pane.element.querySelector(".strip");
      strip.addEventListener("click", (event) => this.#jump(pane, strip, event));
    }
    stage.onplaced(() => this.draw());
  }

  hang() {
    for (const pane of this.stage.panes) {
      const strip = pane.element.querySelector(".strip");
      const shown = pane.display !== null;
      strip.classList.toggle("none", !shown);
      if (!shown) continue;
      const { film } = pane;
      hungImage(strip.querySelector("img"), film.preview_url);
      place(strip.querySelector("svg"), { viewBox: `0 0 ${film.columns} ${film.rows}` });
    }
  }

  draw() {
    for (const pane of this.stage.panes) {
      if (!pane.display?.view) continue;
      const { view, rect, element } = pane;
      const corners = [pointAt(view, rect, 0, 0), pointAt(view, rect, rect.width, rect.height)];
      const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      place(element.querySelector(".strip rect"), { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y });
    }
  }

  #jump(pane, strip, event) {
    const svg = strip.querySelector("svg");
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    pane.view = { ...pane.view, x: spot.x, y: spot.y };
    this.stage.invalidate();
  }
}
