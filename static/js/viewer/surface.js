// What the films of a stage are drawn on: a canvas in the page, the renderer that draws on it and the pictures it holds.
// A page begins without a graphics card, which costs time to be asked for, and changes over to it when a film is seen.
// What a page leaves draws for the page that takes its place: its memory is there, its programs are linked.

import { CanvasRenderer } from "./canvas_renderer.js";
import { Gallery } from "./gallery.js";
import { GlRenderer } from "./gl_renderer.js";

let spare = null;
let refused = false;

export class Surface {
  #lost;

  // lost() is called when the context was lost: it comes back late or never.
  constructor(root, lost) {
    this.root = root;
    this.#lost = lost;
    this.#install(spare && !spare.lost ? spare : flat());
    spare = null;
  }

  // To a graphics card, if there is one for films of this many pixels along their longest side; true when there is.
  changeOver(side) {
    const card = this.renderer.kind === "canvas" && graphicsCard();
    if (!card) return false;
    if (side > card.largest) {
      card.close();
      return false;
    }
    const { gallery } = this;
    this.#replace(card);
    gallery.moveTo(this.gallery);
    return true;
  }

  // To the canvas, which shows the same pixels at once; all pictures are gone.
  fallBack() {
    this.#replace(flat());
  }

  // Its films are freed by now; what it last showed is cleared by the first draw of the page that takes it.
  leave() {
    this.#remove();
    spare?.close();
    spare = this.renderer;
  }

  #replace(renderer) {
    this.#remove();
    this.renderer.close();
    this.#install(renderer);
  }

  #install(renderer) {
    this.renderer = renderer;
    this.gallery = new Gallery(renderer);
    this.root.prepend(renderer.canvas);
    this.root.dataset.renderer = renderer.kind;
    renderer.canvas.addEventListener("webglcontextlost", this.#lost);
  }

  #remove() {
    this.renderer.canvas.removeEventListener("webglcontextlost", this.#lost);
    this.renderer.canvas.remove();
  }
}

function flat() {
  return new CanvasRenderer(canvas());
}

// Null without one. What was refused is not asked for again.
function graphicsCard() {
  if (refused) return null;
  try {
    return new GlRenderer(canvas());
  } catch {
    refused = true;
    return null;
  }
}

function canvas() {
  return Object.assign(document.createElement("canvas"), { className: "surface" });
}
