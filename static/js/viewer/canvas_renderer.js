// The same two passes without WebGL: resample into whole numbers, window them by a table, put them on a 2-D canvas.
// Draws the first picture of every room, and continues where WebGL2 is missing or only emulated, its context was lost, or a
// film is larger than its largest texture.

import { coloursOf } from "./levels_window.js";
import { resampleInto } from "./resample.js";

const BESIDE = 16 * 65536;

export class CanvasRenderer {
  kind = "canvas";
  lost = false;
  largest = Infinity;
  #kept = new Uint32Array(0);
  #across = 0;
  #highest = 0;
  #blank = true;
  #colours = new Uint32Array(BESIDE + 1);

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }

  // The size it has already costs nothing.
  resize(width, height, below) {
    const rows = height + below;
    if (this.canvas.width === width && this.canvas.height === height && this.#kept.length === width * rows) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.#across = width;
    this.#kept = new Uint32Array(width * rows);
    this.#blank = true;
  }

  picture({ columns, rows }) {
    return { columns, rows, levels: null };
  }

  // The levels are the renderer's from now on: a band that is the whole picture becomes it, any other is copied.
  upload(picture, { top, levels }) {
    const whole = picture.columns * picture.rows;
    if (levels.length === whole) picture.levels = levels;
    else {
      picture.levels ??= new Uint16Array(whole);
      picture.levels.set(levels, top * picture.columns);
      levels.buffer.transfer?.(0);
    }
  }

  dispose(picture) {
    picture.levels = null;
  }

  resample(picture, rect, kept, rule) {
    const { width, height } = rect;
    const highest = resampleInto(this.#kept, this.#across, { ...kept, width, height }, picture, rule, BESIDE);
    this.#highest = Math.max(this.#highest, highest);
  }

  show(rect, kept, window, invert) {
    coloursOf(window, invert, this.#colours, this.#highest + 1);
    this.#colours[BESIDE] = 0xff000000;
    const [colours, levels, pixels] = [this.#colours, this.#kept, this.pixels];
    for (let row = 0; row < rect.height; row++) {
      let from = (kept.y + row) * this.#across + kept.x;
      let to = (rect.y + row) * this.#across + rect.x;
      for (const end = to + rect.width; to < end; to++, from++) pixels[to] = colours[levels[from]];
    }
    this.#blank = false;
    this.context.putImageData(this.image, 0, 0, rect.x, rect.y, rect.width, rect.height);
  }

  clear() {
    if (this.#blank) return;
    this.#blank = true;
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  close() {
    this.#kept = new Uint32Array(0);
  }
}
