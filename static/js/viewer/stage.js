// The surface behind all panes: one canvas, one renderer, drawn once per frame when something has changed.

import { Gallery } from "./gallery.js";
import { limits } from "./levels_window.js";
import { flatRenderer, leaveRenderer, takeRenderer } from "./renderers.js";
import { sampling } from "./sampling.js";
import { seenWhole } from "./view.js";
import { measured } from "./wells.js";

const PATIENCE = 200;

export class Stage {
  #frame = 0;
  #placed = [];
  #geometry = "";

  constructor(root, panes) {
    this.root = root;
    this.panes = panes;
    this.lens = null;
    this.#install(takeRenderer());
    this.observer = new ResizeObserver(() => this.#resized());
    for (const element of [root, ...panes.map((pane) => pane.well)]) this.observer.observe(element);
  }

  // Set by the owner: the renderer was replaced and films must be opened again; the wells have new sizes.
  onreplaced() {}
  onlaidout() {}

  // Called after each draw in which a rectangle or view has changed.
  onplaced(callback) {
    this.#placed.push(callback);
  }

  get pixelRatio() {
    return devicePixelRatio;
  }

  get lensRows() {
    return Math.ceil(260 * this.pixelRatio);
  }

  fallBack() {
    this.renderer.canvas.remove();
    this.renderer.close();
    this.#install(flatRenderer());
    this.layout();
    this.onreplaced();
  }

  layout() {
    const { width, height, rects } = measured(this.root, this.panes, this.pixelRatio);
    this.#geometry = JSON.stringify([width, height, rects]);
    this.renderer.resize(width, height, this.lensRows);
    this.panes.forEach((pane, k) => Object.assign(pane, { rect: rects[k], stale: true }));
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

  invalidate() {
    this.#frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const moved = this.panes.some((pane) => pane.stale);
    this.renderer.clear();
    for (const pane of this.panes) this.#drawPane(pane);
    if (this.lens) this.#drawLens(this.lens);
    if (moved) for (const callback of this.#placed) callback();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.observer.disconnect();
    this.renderer.canvas.remove();
    this.renderer.canvas.removeEventListener("webglcontextlost", this.#lost);
    leaveRenderer(this.renderer);
  }

  // The observer tells once at its beginning too, when nothing has changed since the panes were laid out.
  #resized() {
    const { width, height, rects } = measured(this.root, this.panes, this.pixelRatio);
    if (JSON.stringify([width, height, rects]) !== this.#geometry) this.layout();
  }

  #drawPane(pane) {
    const source = this.#source(pane);
    if (!source) return;
    if (pane.stale) {
      this.renderer.resample(source.picture, pane.rect, pane.rect, sampling(pane.view, pane.rect, source.scale));
      pane.stale = false;
    }
    this.renderer.show(pane.rect, pane.rect, limits(pane.display.window), pane.display.invert);
    if (!document.hidden && seenWhole(pane.view, pane.film, pane.rect)) pane.film.seenWhole ||= new Date().toISOString();
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

  #install(renderer) {
    this.renderer = renderer;
    this.gallery = new Gallery(renderer);
    this.root.prepend(renderer.canvas);
    this.root.dataset.renderer = renderer.kind;
    renderer.canvas.addEventListener("webglcontextlost", this.#lost);
  }

  // A lost context comes back late or never; the canvas shows the same pixels at once.
  #lost = ({ target }) => {
    if (this.renderer.canvas === target) this.fallBack();
  };
}
