// One film on its way to the screen: preview (the server's <img>) -> small -> full, or refused, or absent.
// A sink receives levels as they come; "full" is only said when every band has come and been verified.

import { levelSize } from "./band_loader.js";

const NEXT = {
  preview: ["small", "full", "refused"],
  small: ["full", "refused"],
  full: [],
  refused: [],
  absent: [],
};

// `seenWhole` is the moment at which the film was on the screen as a whole, "" before.
export class Film {
  #withdraw = null;

  constructor(described, loader, changed = () => {}) {
    const { token, side, view, absent, columns, rows, spacing_mm, joints } = described;
    const { preview_url, bands_url, digests, window_center, window_width } = described;
    Object.assign(this, { token, side, view, absent, columns, rows, spacing_mm, joints });
    Object.assign(this, { preview_url, bands_url, digests, window_center, window_width });
    Object.assign(this, { loader, changed });
    this.state = absent ? "absent" : "preview";
    this.fault = "";
    this.seenWhole = "";
  }

  // Loads both levels into the sink {picture(film, level, size), band(film, level, band), shown()}. Unpacking the full
  // one waits until the small one is on the screen: both would want the same processors.
  async open(sink) {
    if (this.state === "absent" || this.#withdraw) return;
    const withdraw = (this.#withdraw = new AbortController());
    try {
      await this.#level("small", 0, sink, withdraw.signal);
      await sink.shown();
      withdraw.signal.throwIfAborted();
      await this.#level("full", 1, sink, withdraw.signal);
    } catch (refusal) {
      if (!withdraw.signal.aborted) this.#refuse(refusal);
    }
  }

  // Leaves the screen: pictures are gone, packed bands stay in the cache.
  close() {
    this.#withdraw?.abort();
    this.#withdraw = null;
    if (this.state !== "absent") this.state = "preview";
  }

  // Brings packed bands into the cache for later, the small level first.
  async prefetch(level, priority) {
    if (this.state === "absent") return;
    for (const index of this.digests[level].keys()) {
      await this.loader.load(this, level, index, { decode: false, priority }).catch(() => null);
    }
  }

  // The small level is unpacked already: it is drawn before a preview could come.
  get atHand() {
    return this.state !== "absent" && this.loader.isHere(this, "small", 0);
  }

  // Unpacks the small level for the page on which this film will hang.
  makeReady() {
    if (this.state !== "absent") this.loader.begin(this, "small", 0);
  }

  async #level(level, priority, sink, signal) {
    sink.picture(this, level, levelSize(this, level));
    await Promise.all(
      this.digests[level].map(async (_, index) => {
        const band = await this.loader.load(this, level, index, { priority, signal });
        if (!signal.aborted) sink.band(this, level, band);
      }),
    );
    if (!signal.aborted) this.#become(level);
  }

  #refuse(refusal) {
    this.fault = refusal.text || `the server answered ${refusal.status}`;
    this.#become("refused");
  }

  #become(state) {
    if (!NEXT[this.state].includes(state)) throw new Error(`a film cannot go from ${this.state} to ${state}`);
    this.state = state;
    this.changed(this);
  }
}
