// What a reader can do to a film. Linked (the default), every pane does the same at its own film's scale.

import { changed, preset, settled } from "./levels_window.js";
import { turned, UPRIGHT } from "./orientation.js";
import { ONE_TO_ONE, panned, whole, zoomed } from "./view.js";

const WINDOW_STEP = 0.08;
const ZOOM_STEP = 1.25;

export class Tools {
  linked = true;
  active = null;

  // fit(panes) hangs panes whole at their common scale; spotOn(film) is what is asked about, [x, y], where it is known.
  constructor(stage, { fit, spotOn = () => undefined }) {
    this.stage = stage;
    this.fitPanes = fit;
    this.spotOn = spotOn;
  }

  // The panes an action is for: all when linked, else the one given or the last one touched.
  panes(pane = null) {
    const shown = this.stage.panes.filter((each) => each.display?.view);
    const chosen = pane ?? this.active ?? shown[0];
    return this.linked ? shown : shown.filter((each) => each === chosen);
  }

  window(change, pane) {
    this.#each(pane, (each) => this.#show(each, { window: changed(each.display.window, each.film.own, change) }));
  }

  preset(wanted, pane) {
    this.#each(pane, (each) => this.#show(each, { window: preset(each.film.own, wanted) }));
  }

  brighter = (pane) => this.window({ shift: -WINDOW_STEP }, pane);
  darker = (pane) => this.window({ shift: WINDOW_STEP }, pane);
  moreContrast = (pane) => this.window({ factor: 1 / ZOOM_STEP }, pane);
  lessContrast = (pane) => this.window({ factor: ZOOM_STEP }, pane);

  invert(pane) {
    this.#each(pane, (each) => this.#show(each, { invert: !each.display.invert }));
  }

  pan(dx, dy, pane) {
    this.#each(pane, (each) => (each.view = panned(each.view, dx, dy)));
  }

  zoom(factor, pane, dx = 0, dy = 0) {
    this.#each(pane, (each) => (each.view = zoomed(each.view, factor, dx, dy)));
  }

  closer = (pane) => this.zoom(ZOOM_STEP, pane);
  farther = (pane) => this.zoom(1 / ZOOM_STEP, pane);

  turn(step, pane) {
    this.#each(pane, (each) => (each.view = { ...each.view, orientation: turned(each.view.orientation, step) }));
  }

  // Around what is asked about; else around what is in the middle.
  oneToOne(pane) {
    this.#each(pane, (each) => {
      const [x, y] = this.spotOn(each.film) ?? [each.view.x, each.view.y];
      each.view = { ...each.view, x, y, zoom: ONE_TO_ONE };
    });
  }

  fit(pane) {
    this.fitPanes(this.panes(pane));
    this.stage.invalidate();
  }

  reset(pane) {
    for (const each of this.panes(pane)) {
      const { center, width } = each.film.own;
      this.#show(each, { window: settled(center, width), invert: false });
      each.view = whole(each.film, each.view.zoom, UPRIGHT);
    }
    this.fit(pane);
    for (const each of this.panes(pane)) each.describe();
  }

  toggleLink() {
    this.linked = !this.linked;
    return this.linked;
  }

  #show(pane, change) {
    Object.assign(pane.film.display, change);
  }

  #each(pane, action) {
    for (const each of this.panes(pane)) {
      action(each);
      each.describe();
    }
    this.stage.invalidate();
  }
}
