// What is in each cell now: the server's newest revision with the reader's unsaved edits over it. No DOM.

import { cellKey } from "./cell_order.js";

const EMPTY = { value: null, reason: "", revision: 0, flag: false, comment: "", by_system: false };

export class ScoreSheet {
  #cells = new Map();
  #watchers = [];

  constructor(values) {
    for (const [timepoint, items] of Object.entries(values)) {
      for (const [item, stored] of Object.entries(items)) {
        this.#cells.set(cellKey(item, timepoint), { ...EMPTY, ...stored, waiting: 0, theirs: null });
      }
    }
  }

  watch(callback) {
    this.#watchers.push(callback);
  }

  cell(item, timepoint) {
    return this.#cells.get(cellKey(item, timepoint)) ?? { ...EMPTY, waiting: 0, theirs: null };
  }

  filled(item, timepoint) {
    const { value, reason } = this.cell(item, timepoint);
    return value !== null || reason !== "";
  }

  // The reader's edit, not yet acknowledged.
  edit(item, timepoint, change) {
    const cell = this.cell(item, timepoint);
    this.#set(item, timepoint, { ...change, waiting: cell.waiting + 1 });
  }

  // An edit was acknowledged; while later ones wait, the reader keeps seeing what they entered last.
  acknowledge(item, timepoint, { revision = null, value, reason }) {
    const cell = this.cell(item, timepoint);
    const waiting = Math.max(cell.waiting - 1, 0);
    const stored = waiting === 0 && value !== undefined ? { value, reason } : {};
    this.#set(item, timepoint, { ...stored, waiting, revision: revision ?? cell.revision });
  }

  conflict(item, timepoint, theirs) {
    this.#set(item, timepoint, { theirs, revision: theirs.revision });
  }

  settle(item, timepoint) {
    this.#set(item, timepoint, { theirs: null });
  }

  #set(item, timepoint, change) {
    this.#cells.set(cellKey(item, timepoint), { ...this.cell(item, timepoint), ...change });
    for (const callback of this.#watchers) callback(item, timepoint);
  }
}
