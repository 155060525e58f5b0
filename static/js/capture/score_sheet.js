// What stands in each cell now: the server's newest revision with the reader's unsaved edits over it. No DOM.

import { cellKey } from "./plan.js";

const EMPTY = { value: null, reason: "", revision: 0, flag: false, comment: "", by_system: false };

export class ScoreSheet {
  #cells = new Map();
  #watchers = [];

  constructor(values) {
    for (const [exposure, items] of Object.entries(values)) {
      for (const [item, stored] of Object.entries(items)) {
        this.#cells.set(cellKey(item, exposure), { ...EMPTY, ...stored, waiting: 0, theirs: null });
      }
    }
  }

  watch(callback) {
    this.#watchers.push(callback);
  }

  cell(item, exposure) {
    return this.#cells.get(cellKey(item, exposure)) ?? { ...EMPTY, waiting: 0, theirs: null };
  }

  filled(item, exposure) {
    const { value, reason } = this.cell(item, exposure);
    return value !== null || reason !== "";
  }

  // The reader's edit, not yet acknowledged.
  edit(item, exposure, change) {
    const cell = this.cell(item, exposure);
    this.#set(item, exposure, { ...change, waiting: cell.waiting + 1 });
  }

  // An edit was acknowledged; while later ones wait, what the reader sees stays what he entered last.
  acknowledge(item, exposure, { revision = null, value, reason }) {
    const cell = this.cell(item, exposure);
    const waiting = Math.max(cell.waiting - 1, 0);
    const stored = waiting === 0 && value !== undefined ? { value, reason } : {};
    this.#set(item, exposure, { ...stored, waiting, revision: revision ?? cell.revision });
  }

  conflict(item, exposure, theirs) {
    this.#set(item, exposure, { theirs, revision: theirs.revision });
  }

  settle(item, exposure) {
    this.#set(item, exposure, { theirs: null });
  }

  #set(item, exposure, change) {
    this.#cells.set(cellKey(item, exposure), { ...this.cell(item, exposure), ...change });
    for (const callback of this.#watchers) callback(item, exposure);
  }
}
