// The resample pass of the canvas renderer, rule for rule the fragment shader in shaders.js.

import { NOTHING } from "./levels_window.js";
import { LINEAR, NEAREST } from "./sampling.js";

export function resampleInto(out, outAcross, rect, picture, rule) {
  const value = [nearest, between, mean][rule.mode === NEAREST ? 0 : rule.mode === LINEAR ? 1 : 2];
  for (let j = 0; j < rect.height; j++) {
    let to = (rect.y + j) * outAcross + rect.x;
    for (let i = 0; i < rect.width; i++) {
      const x = rule.start[0] + i * rule.across[0] + j * rule.down[0];
      const y = rule.start[1] + i * rule.across[1] + j * rule.down[1];
      const column = rule.base[0] + Math.floor(x);
      const row = rule.base[1] + Math.floor(y);
      const outside = column < 0 || row < 0 || column >= picture.columns || row >= picture.rows;
      out[to++] = outside ? NOTHING : value(picture, rule, x, y, column, row);
    }
  }
}

function nearest(picture, rule, x, y, column, row) {
  return picture.levels[row * picture.columns + column] * 16;
}

function at({ levels, columns, rows }, column, row) {
  const x = column < 0 ? 0 : column >= columns ? columns - 1 : column;
  const y = row < 0 ? 0 : row >= rows ? rows - 1 : row;
  return levels[y * columns + x];
}

function between(picture, { base }, x, y) {
  const lowX = Math.floor(x - 0.5);
  const lowY = Math.floor(y - 0.5);
  const partX = Math.floor((x - 0.5 - lowX) * 256 + 0.5);
  const partY = Math.floor((y - 0.5 - lowY) * 256 + 0.5);
  const column = base[0] + lowX;
  const row = base[1] + lowY;
  const above = at(picture, column, row) * (256 - partX) + at(picture, column + 1, row) * partX;
  const below = at(picture, column, row + 1) * (256 - partX) + at(picture, column + 1, row + 1) * partX;
  return Math.floor((above * (256 - partY) + below * partY + 2048) / 4096);
}

function mean(picture, { base, taps, across, down }, x, y) {
  let sum = 0;
  for (let j = 0; j < taps; j++) {
    for (let i = 0; i < taps; i++) {
      const a = (i + 0.5) / taps - 0.5;
      const b = (j + 0.5) / taps - 0.5;
      const column = base[0] + Math.floor(x + a * across[0] + b * down[0]);
      const row = base[1] + Math.floor(y + a * across[1] + b * down[1]);
      sum += at(picture, column, row);
    }
  }
  const count = taps * taps;
  return Math.floor((sum * 16 + count / 2) / count);
}
