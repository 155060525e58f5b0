// Where a film is in its well: pure geometry, no DOM. All screen lengths in device pixels.
// A view is {x, y, zoom, orientation}: the image point in the middle of the well and device pixels per image pixel.

import { sidesSwapped, toImage, toScreen, UPRIGHT } from "./orientation.js";

export const NEAREST_FROM = 3;
export const ONE_TO_ONE = 1;
const CLOSEST = 32;
const FARTHEST = 0.02;

export function fitZoom(film, well, orientation = UPRIGHT) {
  const [wide, high] = sidesSwapped(orientation) ? [film.rows, film.columns] : [film.columns, film.rows];
  return Math.min(well.width / wide, well.height / high);
}

export function whole(film, zoom, orientation = UPRIGHT) {
  return { x: film.columns / 2, y: film.rows / 2, zoom, orientation };
}

export function pointAt(view, well, sx, sy) {
  const [dx, dy] = toImage(view.orientation, (sx - well.width / 2) / view.zoom, (sy - well.height / 2) / view.zoom);
  return [view.x + dx, view.y + dy];
}

export function placeOf(view, well, x, y) {
  const [dx, dy] = toScreen(view.orientation, (x - view.x) * view.zoom, (y - view.y) * view.zoom);
  return [dx + well.width / 2, dy + well.height / 2];
}

export function panned(view, dx, dy) {
  const [x, y] = toImage(view.orientation, dx / view.zoom, dy / view.zoom);
  return { ...view, x: view.x - x, y: view.y - y };
}

// Zoomed by a factor so that what lies (dx, dy) from the middle of the well stays there.
export function zoomed(view, factor, dx = 0, dy = 0) {
  const zoom = Math.min(Math.max(view.zoom * factor, FARTHEST), CLOSEST);
  const moved = panned(view, -dx, -dy);
  return panned({ ...moved, zoom }, dx, dy);
}

// True when no part of the film lies outside the well (half a pixel is forgiven).
export function seenWhole(view, film, well) {
  const corners = [placeOf(view, well, 0, 0), placeOf(view, well, film.columns, film.rows)];
  return corners.every(([x, y]) => x >= -0.5 && y >= -0.5 && x <= well.width + 0.5 && y <= well.height + 0.5);
}

// At one to one the film's pixels fall on the screen's: the image origin is moved to a whole device pixel.
export function aligned(view, well) {
  if (view.zoom !== ONE_TO_ONE) return view;
  const [x, y] = placeOf(view, well, 0, 0);
  return panned(view, Math.round(x) - x, Math.round(y) - y);
}
