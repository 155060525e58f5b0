// How device pixels of a rectangle take their values from a picture: an affine map and a rule, for any renderer.
// Rules: nearest (true pixels, at 1:1 and from 3x), linear between, and the mean of taps x taps when reduced.

import { toImage } from "./orientation.js";
import { aligned, NEAREST_FROM, pointAt } from "./view.js";

export const NEAREST = 0;
export const LINEAR = 1;
export const MEAN = 2;
const MOST_TAPS = 8;

// scale: full-resolution pixels per pixel of the picture that is drawn (1, or 4 for the small level).
export function sampling(view, well, scale) {
  const placed = aligned(view, well);
  const step = 1 / (placed.zoom * scale);
  const [u, v] = pointAt(placed, well, 0.5, 0.5);
  const base = [Math.floor(u / scale), Math.floor(v / scale)];
  return {
    base,
    start: [u / scale - base[0], v / scale - base[1]],
    across: toImage(placed.orientation, step, 0),
    down: toImage(placed.orientation, 0, step),
    ...rule(step, scale),
  };
}

function rule(step, scale) {
  if (step > 1) return { mode: MEAN, taps: Math.min(Math.ceil(step), MOST_TAPS) };
  const exact = scale === 1 && (step === 1 || step <= 1 / NEAREST_FROM);
  return { mode: exact ? NEAREST : LINEAR, taps: 1 };
}
