// Rectangles in whole film pixels: pure geometry, no DOM. A box is [x, y, width, height].

export const SMALLEST = 4;

export const parse = (text) =>
  text
    .split("\n")
    .map((line) => line.match(/\d+/g)?.map(Number) ?? [])
    .filter((numbers) => numbers.length === 4);

export const print = (boxes) => boxes.map((box) => box.join(", ")).join("\n");

const clamp = (value, low, high) => Math.min(Math.max(Math.round(value), low), high);

// The box between two corners, within the film.
export function between([x1, y1], [x2, y2], { columns, rows }) {
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)].map((x) => clamp(x, 0, columns));
  const [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)].map((y) => clamp(y, 0, rows));
  return [left, top, right - left, bottom - top];
}

export const large = ([, , width, height]) => width >= SMALLEST && height >= SMALLEST;

export function moved([x, y, width, height], dx, dy, { columns, rows }) {
  return [clamp(x + dx, 0, columns - width), clamp(y + dy, 0, rows - height), width, height];
}

export function resized([x, y, width, height], dx, dy, { columns, rows }) {
  return [x, y, clamp(width + dx, SMALLEST, columns - x), clamp(height + dy, SMALLEST, rows - y)];
}

export const corners = ([x, y, width, height]) => [
  [x, y],
  [x + width, y],
  [x, y + height],
  [x + width, y + height],
];

// The corner within reach of a point, returned as the opposite corner, which stays fixed; null when none is in reach.
export function gripAt(box, [px, py], reach) {
  const at = corners(box).findIndex(([x, y]) => Math.abs(x - px) <= reach && Math.abs(y - py) <= reach);
  return at < 0 ? null : corners(box)[3 - at];
}

export const holds = ([x, y, width, height], [px, py]) => px >= x && py >= y && px <= x + width && py <= y + height;

// A box around the centre of the visible part of the film.
export function inTheMiddle([x, y], width, height, film) {
  return between([x - width / 2, y - height / 2], [x + width / 2, y + height / 2], film);
}

// The two halves of a film: on a PA film, the left hand is on the viewer's left.
export function halves({ columns, rows }) {
  const middle = Math.floor(columns / 2);
  return { L: [0, 0, middle, rows], R: [middle, 0, columns - middle, rows] };
}
