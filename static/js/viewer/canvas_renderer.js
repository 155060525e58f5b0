// The same two passes without WebGL: resample into whole numbers, window them, put them on a 2-D canvas.
// Used when WebGL2 is missing, its context was lost, or a film is larger than its largest texture.

import { grey, NOTHING } from "./levels_window.js";
import { resampleInto } from "./resample.js";

export class CanvasRenderer {
  kind = "canvas";
  largest = Infinity;
  #kept = new Uint32Array(0);
  #across = 0;

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
  }

  resize(width, height, below) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.#across = width;
    this.#kept = new Uint32Array(width * (height + below)).fill(NOTHING);
  }

  picture({ columns, rows }) {
    return { columns, rows, levels: new Uint16Array(columns * rows) };
  }

  upload(picture, { top, levels }) {
    picture.levels.set(levels, top * picture.columns);
  }

  dispose(picture) {
    picture.levels = null;
  }

  resample(picture, rect, kept, rule) {
    resampleInto(this.#kept, this.#across, { ...kept, width: rect.width, height: rect.height }, picture, rule);
  }

  show(rect, kept, { low2, span }, invert) {
    const image = this.context.createImageData(rect.width, rect.height);
    const colours = new Uint32Array(image.data.buffer);
    const flip = invert ? 255 : 0;
    let to = 0;
    for (let row = 0; row < rect.height; row++) {
      const from = (kept.y + row) * this.#across + kept.x;
      for (let column = 0; column < rect.width; column++) {
        const level = this.#kept[from + column];
        const shown = level === NOTHING ? 0 : grey(level, low2, span) ^ flip;
        colours[to++] = 0xff000000 | (shown * 0x010101);
      }
    }
    this.context.putImageData(image, rect.x, rect.y);
  }

  clear() {
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  close() {
    this.#kept = new Uint32Array(0);
  }
}
