// The active cell: moves in the charter's order and over the grid, and notifies whatever follows it. No DOM.

import { cellKey } from "./cell_order.js";

export class Cursor {
  #watchers = [];
  place = 0;
  since = performance.now();

  constructor(plan, timepoints, sheet) {
    Object.assign(this, { plan, timepoints, sheet });
  }

  watch(callback) {
    this.#watchers.push(callback);
  }

  // {item, timepoint, region}
  get cell() {
    return this.plan.sequence[this.place];
  }

  go(place) {
    const before = this.cell;
    this.place = Math.min(Math.max(place, 0), this.plan.sequence.length - 1);
    this.since = performance.now();
    for (const callback of this.#watchers) callback(this.cell, before);
  }

  goTo(item, timepoint) {
    const place = this.plan.places.get(cellKey(item, timepoint));
    if (place !== undefined) this.go(place);
    return place !== undefined;
  }

  // The next cell in reading order that the system has not filled; false at the end.
  step(direction = 1) {
    for (let place = this.place + direction; this.plan.sequence[place]; place += direction) {
      if (!this.#bySystem(place)) {
        this.go(place);
        return true;
      }
    }
    return false;
  }

  // The next empty cell after this one, from the beginning when there is none behind; false when none is left.
  nextEmpty() {
    const { sequence } = this.plan;
    for (let away = 1; away <= sequence.length; away++) {
      const place = (this.place + away) % sequence.length;
      const { item, timepoint } = sequence[place];
      if (this.sheet.filled(item.key, timepoint)) continue;
      this.go(place);
      return true;
    }
    return false;
  }

  firstEmpty() {
    this.place = this.plan.sequence.length - 1;
    if (!this.nextEmpty()) this.go(0);
  }

  // One cell in the grid of this side.
  move(rows, columns) {
    const { item, timepoint, region } = this.cell;
    const row = Math.min(Math.max(region.rows.indexOf(item) + rows, 0), region.rows.length - 1);
    const column = Math.min(Math.max(this.timepoints.indexOf(timepoint) + columns, 0), this.timepoints.length - 1);
    this.goTo(region.rows[row].key, this.timepoints[column]);
  }

  // The first empty cell of another side, else its first cell.
  side(direction) {
    const { regions } = this.plan;
    const region = regions[regions.indexOf(this.cell.region) + direction];
    if (region) this.toSide(region);
    return region !== undefined;
  }

  toSide(region) {
    const own = (each) => each.region === region;
    const empty = this.plan.sequence.findIndex((each) => own(each) && !this.sheet.filled(each.item.key, each.timepoint));
    this.go(empty >= 0 ? empty : this.plan.sequence.findIndex(own));
  }

  #bySystem(place) {
    const { item, timepoint } = this.plan.sequence[place];
    return this.sheet.cell(item.key, timepoint).by_system;
  }
}
