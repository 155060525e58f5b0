// The resample pass of the canvas renderer, rule for rule the fragment shader in shaders.js. Films lie along the axes of
// the screen, so where a pixel takes its levels from is an offset by its column plus an offset by its row.

import { LINEAR } from "./sampling.js";

// Writes sixteenths of a level into a rectangle of `out`, `beside` where there is no film; gives the highest of them.
export function resampleInto(out, outAcross, rect, picture, rule, beside) {
  const along = rule.across[0] === 0 ? 1 : 0;
  const columns = axis(rect.width, along, rule.across[along], picture, rule);
  const rows = axis(rect.height, 1 - along, rule.down[1 - along], picture, rule);
  const line = rule.mode === LINEAR ? lineBetween : rule.taps === 2 ? lineOfFours : lineOfMeans;
  let highest = 0;
  for (let j = 0; j < rect.height; j++) {
    const start = (rect.y + j) * outAcross + rect.x;
    if (j < rows.first || j >= rows.end) {
      out.fill(beside, start, start + rect.width);
      continue;
    }
    out.fill(beside, start, start + columns.first);
    out.fill(beside, start + columns.end, start + rect.width);
    highest = Math.max(highest, line(out, start, picture.levels, columns, rows, j));
  }
  return highest;
}

// For `count` pixels along one axis of the film (0: its columns, 1: its rows): offsets of the levels each one takes,
// in sixteenths how much of the second of two it takes, and from which to which pixel there is film.
function axis(count, which, step, { columns, rows }, { base, start, mode, taps }) {
  const [size, stride] = which === 0 ? [columns, 1] : [rows, columns];
  const two = mode === LINEAR;
  const each = two ? 2 : taps;
  const offsets = new Int32Array(count * each);
  const parts = new Uint16Array(two ? count : 0);
  const offset = (place) => Math.min(Math.max(base[which] + place, 0), size - 1) * stride;
  let [first, end] = [count, 0];
  for (let n = 0; n < count; n++) {
    const place = start[which] + n * step;
    const cell = base[which] + Math.floor(place);
    if (cell >= 0 && cell < size) [first, end] = [Math.min(first, n), n + 1];
    const low = Math.floor(place - 0.5);
    if (two) parts[n] = Math.floor((place - 0.5 - low) * 256 + 0.5);
    for (let k = 0; k < each; k++) {
      offsets[n * each + k] = offset(two ? low + k : Math.floor(place + ((k + 0.5) / each - 0.5) * step));
    }
  }
  return { offsets, parts, each, first: Math.min(first, end), end };
}

// The mean of taps x taps levels, rounded half up; with one tap the level itself.
function lineOfMeans(out, start, levels, columns, rows, j) {
  const { offsets, each, first, end } = columns;
  const count = each * each;
  let highest = 0;
  for (let i = first; i < end; i++) {
    let sum = 0;
    for (let q = j * each; q < (j + 1) * each; q++) {
      const row = rows.offsets[q];
      for (let p = i * each; p < (i + 1) * each; p++) sum += levels[row + offsets[p]];
    }
    const value = Math.floor((sum * 16 + count / 2) / count);
    if (value > highest) highest = value;
    out[start + i] = value;
  }
  return highest;
}

// The same for 2 x 2 levels, as nearly every film is shown whole: without the inner loops, twice as fast.
function lineOfFours(out, start, levels, columns, rows, j) {
  const { offsets, first, end } = columns;
  const [upper, lower] = [rows.offsets[2 * j], rows.offsets[2 * j + 1]];
  let highest = 0;
  for (let i = first; i < end; i++) {
    const [left, right] = [offsets[2 * i], offsets[2 * i + 1]];
    const value = 4 * (levels[upper + left] + levels[upper + right] + levels[lower + left] + levels[lower + right]);
    if (value > highest) highest = value;
    out[start + i] = value;
  }
  return highest;
}

// Linear between four levels, in 256ths along each axis.
function lineBetween(out, start, levels, columns, rows, j) {
  const { offsets, parts, first, end } = columns;
  const [upper, lower] = [rows.offsets[2 * j], rows.offsets[2 * j + 1]];
  const [down, up] = [rows.parts[j], 256 - rows.parts[j]];
  let highest = 0;
  for (let i = first; i < end; i++) {
    const [left, right, part] = [offsets[2 * i], offsets[2 * i + 1], parts[i]];
    const above = levels[upper + left] * (256 - part) + levels[upper + right] * part;
    const below = levels[lower + left] * (256 - part) + levels[lower + right] * part;
    const value = (above * up + below * down + 2048) >>> 12;
    if (value > highest) highest = value;
    out[start + i] = value;
  }
  return highest;
}
