// One key to move close to the active joint in every pane, and back. In the joints display mode the panes
// stay close from joint to joint, once the films of the side have been seen whole.

import { closeView } from "./hanging.js";

export class CloseUp {
  on = false;
  #joint = "";

  constructor(stage, fit) {
    this.stage = stage;
    this.fit = fit;
  }

  toggle(on = !this.on) {
    this.on = on;
    if (on) this.#centre();
    else this.fit(this.stage.panes.filter((pane) => pane.display));
    this.stage.root.classList.toggle("close", on);
    this.stage.invalidate();
  }

  point(joint) {
    const moved = joint !== this.#joint;
    this.#joint = joint;
    if (this.on && moved) this.#centre();
  }

  // Where the joint in question is on a film; undefined where that is not known.
  spotOn(film) {
    return film.joints?.[this.#joint];
  }

  // A film on which the joint has no known place stays as it is.
  #centre() {
    for (const pane of this.stage.panes) {
      const spot = pane.display?.view && this.spotOn(pane.film);
      if (!spot) continue;
      const { film, rect, view } = pane;
      const close = closeView({ film, well: rect, orientation: view.orientation }, spot, this.stage.pixelRatio);
      pane.view = close;
    }
    this.stage.invalidate();
  }
}
