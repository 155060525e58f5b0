// Which renderer draws: WebGL2 with a graphics card, else the canvas. The one of a page that was left draws for the page that
// takes its place: its memory is there and its programs are linked, and only a context that was lost is made anew.

import { CanvasRenderer } from "./canvas_renderer.js";
import { GlRenderer } from "./gl_renderer.js";

let spare = null;

export function takeRenderer() {
  const taken = spare;
  spare = null;
  if (taken && !taken.lost) return taken;
  try {
    return new GlRenderer(surface());
  } catch {
    return flatRenderer();
  }
}

export function flatRenderer() {
  return new CanvasRenderer(surface());
}

// Its films are freed by now; what it last showed is cleared by the first draw of the page that takes it.
export function leaveRenderer(renderer) {
  spare?.close();
  spare = renderer;
}

function surface() {
  return Object.assign(document.createElement("canvas"), { className: "surface" });
}
