// One band of packed levels to levels (the format: docs of imaging/bitpacking.py).
// Every word must be used and none missing; anything else throws and nothing of the band is shown.

import { shownDigest } from "./digest.js";
import { unpack } from "./unpack.js";

const BLOCK = 16;

export class BadBand extends Error {}

// {bytes, levels} for a job of the pool: bytes that were verified before, or those that have arrived or are fetched now.
export async function answered({ url, token, digest, rows, columns, decode = true, bytes = null, arrived = null }, fetched) {
  const whole = bytes ?? (await verified(arrived ?? (await fetched(url)), token, digest));
  return { bytes: whole, levels: decode ? decodeBand(whole, rows, columns) : null };
}

async function verified(bytes, token, digest) {
  if (!digest || (await shownDigest(token, bytes)) !== digest) throw new BadBand("the film does not match its digest");
  return bytes;
}

export function decodeBand(buffer, rows, columns) {
  const across = Math.ceil(columns / BLOCK);
  const table = Math.ceil((rows * across) / 4) * 2;
  const widths = readWidths(new Uint8Array(buffer), rows * across, table);
  const words = wordsAfter(buffer, table, widths);
  const levels = new Uint16Array(rows * columns);
  const line = new Uint16Array(across * BLOCK);
  for (let row = 0, at = 0; row < rows; row++) {
    at = unpackRow(words, at, line, widths, row * across, across);
    if (row === 0) predictFirst(line, levels, columns);
    else predictRow(line, levels, row * columns, columns);
  }
  return levels;
}

// One row of blocks; gives the place of the next row's first word.
function unpackRow(words, at, line, widths, first, across) {
  for (let block = 0; block < across; block++) {
    const nibble = widths[first + block];
    unpack[nibble](words, at, line, block * BLOCK);
    at += nibble === 15 ? 16 : nibble;
  }
  return at;
}

function readWidths(bytes, count, table) {
  if (bytes.length < table) throw new BadBand(`width table of ${bytes.length} bytes, ${table} needed`);
  const widths = new Uint8Array(table * 2);
  for (let k = 0; k < table; k++) {
    widths[2 * k] = bytes[k] & 15;
    widths[2 * k + 1] = bytes[k] >> 4;
  }
  for (let k = count; k < widths.length; k++) {
    if (widths[k] !== 0) throw new BadBand("widths past the last block");
  }
  return widths;
}

function wordsAfter(buffer, table, widths) {
  let needed = 0;
  for (let k = 0; k < widths.length; k++) needed += widths[k] === 15 ? 16 : widths[k];
  if (buffer.byteLength !== table + 2 * needed) {
    throw new BadBand(`band of ${buffer.byteLength} bytes, ${table + 2 * needed} needed`);
  }
  return new Uint16Array(buffer, table);
}

function predictFirst(line, levels, columns) {
  let left = 0;
  for (let x = 0; x < columns; x++) {
    const zigzag = line[x];
    left = (left + ((zigzag >>> 1) ^ -(zigzag & 1))) & 0xffff;
    levels[x] = left;
  }
}

function predictRow(line, levels, start, columns) {
  const above = start - columns;
  let left = levels[above];
  for (let x = 0; x < columns; x++) {
    const zigzag = line[x];
    left = (((left + levels[above + x]) >> 1) + ((zigzag >>> 1) ^ -(zigzag & 1))) & 0xffff;
    levels[start + x] = left;
  }
}

// First row of each band and, last, the number of rows.
export function bandEdges(rows, bands) {
  return Array.from({ length: bands + 1 }, (_, k) => Math.floor((k * rows) / bands));
}
