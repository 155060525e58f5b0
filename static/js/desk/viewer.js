// One film at full size: the viewer's stage with a single pane. Bands at the desk are requested without a reader's token.

import { BandCache } from "../viewer/band_cache.js";
import { BandLoader } from "../viewer/band_loader.js";
import { Film } from "../viewer/film.js";
import { wholeViews } from "../viewer/hanging.js";
import { Pane } from "../viewer/pane.js";
import { attachPointer } from "../viewer/pointer_input.js";
import { Pool } from "../viewer/pool.js";
import { Stage } from "../viewer/stage.js";
import { Tools } from "../viewer/tools.js";

const WORKERS = 2;
const NO_HAND = { begin: () => false, drag: () => {} };

export class Viewer {
  // changed(film) is called when the film's level has changed.
  constructor(root, { worker, changed = () => {} }) {
    this.changed = changed;
    this.hand = NO_HAND;
    this.pane = new Pane(root.querySelector(".pane"));
    this.loader = loaderWithout(new Pool(worker, WORKERS));
    const stage = (this.stage = new Stage(root.querySelector(".stage"), [this.pane]));
    stage.onlaidout = () => this.#refit();
    stage.onreplaced = () => this.#again();
    this.tools = new Tools(stage, { fit: () => this.#fit() });
    const hand = { begin: (...given) => this.hand.begin(...given), drag: (place) => this.hand.drag(place) };
    attachPointer(stage, this.tools, hand);
    attachTools(root.querySelector(".tools"), this.tools);
  }

  get film() {
    return this.pane.film;
  }

  // True once every band has been verified and the whole film has been seen.
  get seen() {
    return this.film?.state === "full" && this.film.seenWhole;
  }

  show(descriptor) {
    if (this.film?.token === descriptor.token) return;
    this.#takeDown();
    this.pane.hang(new Film(descriptor, this.loader, (film) => this.#filmChanged(film)));
    this.stage.layout();
    this.#open();
  }

  prefetch(descriptor) {
    const film = new Film(descriptor, this.loader);
    return film.prefetch("small", 2).then(() => film.prefetch("full", 3));
  }

  redraw() {
    this.pane.stale = true;
    this.stage.invalidate();
  }

  #open() {
    const { stage } = this;
    this.film.open({
      picture: (film, level, size) => stage.gallery.picture(film, level, size),
      band: (film, level, band) => stage.gallery.band(film, level, band),
      shown: () => stage.shown(),
    });
  }

  #takeDown() {
    if (!this.film) return;
    this.film.close();
    this.stage.gallery.free(this.film);
  }

  #again() {
    if (!this.film) return;
    this.film.close();
    this.pane.describe();
    this.#open();
  }

  #fit() {
    const { film, rect, display } = this.pane;
    [this.pane.view] = wholeViews([{ film, well: rect, orientation: display.orientation }]);
    display.fitted = true;
  }

  #refit() {
    if (this.pane.display && (this.pane.display.fitted || !this.pane.display.view)) this.#fit();
  }

  #filmChanged(film) {
    if (film !== this.film) return;
    this.pane.stale = true;
    this.pane.describe();
    this.stage.invalidate();
    this.changed(film);
  }
}

function loaderWithout(pool) {
  const plain = { request: (job, options) => pool.request({ ...job, token: "" }, options) };
  const signedOut = () => {
    location.reload();
    return new Promise(() => {});
  };
  return new BandLoader({ pool: plain, cache: new BandCache(), signedOut, waiting: () => {} });
}

function attachTools(bar, tools) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool]");
    if (button) tools[button.dataset.tool]();
  });
}
