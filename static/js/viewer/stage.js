// The surface behind all panes, drawn once per frame when something has changed.

import { limits } from "./levels_window.js";
import { watchResolution } from "./resolution.js";
import { sampling } from "./sampling.js";
import { Surface } from "./surface.js";
import { seenWhole } from "./view.js";
import { measured } from "./wells.js";

const PATIENCE = 200;

export class Stage {
  #frame = 0;
  #placed = [];
  #geometry = "";
  #unwatch;
  #asking = 0;

  constructor(root, panes) {
    this.root = root;
    this.panes = panes;
    this.lens = null;
    // That of the last layout: rectangles, views and places of the pointer go together, also in the moment between a
    // move to another screen and the new layout.
    this.pixelRatio = devicePixelRatio;
    this.surface = new Surface(root, () => this.#fallBack());
    this.observer = new ResizeObserver(() => this.#resized());
    for (const element of [root, ...panes.map((pane) => pane.well)]) this.observer.observe(element);
    this.#unwatch = watchResolution(() => this.#resized());
  }

  // Set by the owner: the renderer was lost and films must be opened again; the wells have new sizes.
  onreplaced() {}
  onlaidout() {}
  // Set by the owner: a film has been seen whole for the first time.
  onseen() {}

  // Called after each draw in which a rectangle or view has changed.
  onplaced(callback) {
    this.#placed.push(callback);
  }

  get renderer() {
    return this.surface.renderer;
  }

  get gallery() {
    return this.surface.gallery;
  }

  get lensRows() {
    return Math.ceil(260 * this.pixelRatio);
  }

  layout() {
    if (this.#largestSide > this.renderer.largest) return this.#fallBack();
    const { width, height, rects, ratio } = this.#measured();
    this.#geometry = JSON.stringify([width, height, rects, ratio]);
    Object.assign(this, { pixelRatio: ratio, lens: null });
    this.renderer.resize(width, height, this.lensRows);
    this.panes.forEach((pane, k) => pane.place(rects[k], ratio));
    this.onlaidout();
    this.draw();
  }

  // Resolves once what is invalid now has been drawn and handed over; soon where nothing is drawn, as in a tab behind.
  shown() {
    return new Promise((done) => {
      requestAnimationFrame(() => setTimeout(done));
      setTimeout(done, PATIENCE);
    });
  }

  invalidate() { this.#frame ||= requestAnimationFrame(() => this.draw()); }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const moved = this.panes.some((pane) => pane.stale);
    this.renderer.clear();
    const drawn = this.panes.map((pane) => this.#drawPane(pane));
    if (this.lens) this.#drawLens(this.lens);
    if (moved) for (const callback of this.#placed) callback();
    if (drawn.some(Boolean)) this.#asking ||= setTimeout(() => this.#changeOver());
  }

  close() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#asking);
    this.observer.disconnect();
    this.#unwatch();
    this.surface.leave();
  }

  // The observer also reports once at its start, when nothing has changed since the panes were laid out.
  #resized() {
    const { width, height, rects, ratio } = this.#measured();
    if (JSON.stringify([width, height, rects, ratio]) !== this.#geometry) this.layout();
  }

  #measured() {
    return { ...measured(this.root, this.panes, devicePixelRatio), ratio: devicePixelRatio };
  }

  get #largestSide() { return Math.max(...this.panes.map(({ film }) => Math.max(film?.columns ?? 0, film?.rows ?? 0))); }

  // True when the pane had something to draw.
  #drawPane(pane) {
    const source = this.#source(pane);
    if (!source) return false;
    if (pane.stale) {
      this.renderer.resample(source.picture, pane.rect, pane.rect, sampling(pane.view, pane.rect, source.scale));
      pane.stale = false;
    }
    this.renderer.show(pane.rect, pane.rect, limits(pane.display.window), pane.display.invert);
    this.#markSeen(pane);
    return true;
  }

  #markSeen({ view, film, rect }) {
    if (film.seenWhole || document.hidden || !seenWhole(view, film, rect)) return;
    film.seenWhole = new Date().toISOString();
    this.onseen();
  }

  #drawLens({ pane, rect, view }) {
    const source = this.#source(pane, view.zoom);
    if (!source) return;
    const kept = { x: 0, y: this.renderer.canvas.height };
    this.renderer.resample(source.picture, rect, kept, sampling(view, rect, source.scale));
    this.renderer.show(rect, kept, limits(pane.display.window), pane.display.invert);
  }

  #source(pane, zoom = pane.display?.view?.zoom) {
    if (!pane.display?.view || pane.rect.width < 1 || pane.rect.height < 1) return null;
    return this.gallery.toDraw(pane.film, zoom);
  }

  // Once, when the first film has been seen.
  #changeOver() {
    if (this.surface.changeOver(this.#largestSide)) this.layout();
  }

  #fallBack() {
    this.#asking ||= -1;
    this.surface.fallBack();
    this.layout();
    this.onreplaced();
  }
}
