// The score grid: one table per side, a row per joint and feature, a column per timepoint. Shows states, no sums,
// and no colour by score.

import { make } from "./elements.js";
import { cellKey } from "./cell_order.js";

export class Grid {
  #cells = new Map();
  #rows = new Map();
  #current = null;

  // `queried` are the items that the reader is asked to check.
  constructor(root, { plan, panes, instrument, sheet, queried = [] }) {
    Object.assign(this, { root, panes, sheet, queried: new Set(queried) });
    this.features = new Map(instrument.features.map(({ key, label }) => [key, label]));
    this.reasons = new Map(instrument.reasons.map(({ code, label }, place) => [code, { label, number: place + 1 }]));
    root.replaceChildren(...plan.regions.map((region) => this.#table(region)));
    sheet.watch((item, timepoint) => this.draw(item, timepoint));
    const items = plan.regions.flatMap(({ rows }) => rows);
    for (const { key } of items) for (const { timepoint } of panes) this.draw(key, timepoint);
  }

  // chosen(item key, timepoint) when a cell is clicked.
  onchosen(callback) {
    this.root.addEventListener("click", (event) => {
      const cell = event.target.closest("td[data-item]");
      if (cell) callback(cell.dataset.item, cell.dataset.timepoint);
    });
  }

  show(region) {
    for (const table of this.root.children) table.hidden = table.dataset.region !== region.key;
  }

  point(item, timepoint, focus = true) {
    const cell = this.#cells.get(cellKey(item, timepoint));
    if (this.#current) {
      this.#current.classList.remove("current");
      this.#current.tabIndex = -1;
      this.#current.parentElement.classList.remove("asked");
    }
    cell.classList.add("current");
    cell.tabIndex = 0;
    cell.parentElement.classList.add("asked");
    this.#current = cell;
    if (focus) this.focus();
    cell.parentElement.scrollIntoView({ block: "nearest" });
  }

  focus() {
    this.#current?.focus({ preventScroll: true });
  }

  lock() {
    for (const table of this.root.children) table.setAttribute("aria-readonly", "true");
  }

  refuse(item, timepoint) {
    const cell = this.#cells.get(cellKey(item, timepoint));
    cell.classList.remove("refused");
    void cell.offsetWidth;
    cell.classList.add("refused");
  }

  draw(item, timepoint) {
    const cell = this.#cells.get(cellKey(item, timepoint));
    if (!cell) return;
    const state = this.sheet.cell(item, timepoint);
    const filled = state.value !== null || state.reason !== "";
    cell.textContent = this.#text(state);
    cell.title = state.reason ? `Not assessable: ${this.#reason(state).label}` : "";
    cell.classList.toggle("filled", filled);
    cell.classList.toggle("system", state.by_system);
    cell.classList.toggle("unsaved", state.waiting > 0);
    cell.classList.toggle("conflict", state.theirs !== null);
    cell.classList.toggle("differs", differs(state));
    cell.classList.toggle("flagged", state.flag || state.comment !== "");
    cell.setAttribute("aria-label", this.#spoken(cell.dataset.name, state));
  }

  // After a training read is signed the reference is shown beside what was entered.
  #text(state) {
    const own = this.#own(state);
    return differs(state) ? `${own} (${this.#own(state.reference)})` : own;
  }

  #own(state) {
    if (state.by_system) return "–";
    return state.reason ? `–${this.#reason(state).number}` : (state.value ?? "");
  }

  #reason({ reason, by_system }) {
    return this.reasons.get(reason) ?? { label: by_system ? "no film" : reason, number: "" };
  }

  #spoken(name, state) {
    const value = state.reason ? `not assessable, ${this.#reason(state).label}` : (state.value ?? "empty");
    const reference = differs(state) && `reference ${this.#own(state.reference)}`;
    const marks = [reference, state.flag && "flagged", state.comment && "with comment", state.waiting > 0 && "not yet saved"];
    return [name, value, state.theirs && "conflict", ...marks.filter(Boolean)].filter((word) => word !== null).join(", ");
  }

  #table(region) {
    const head = make("tr", {}, make("th", { scope: "col" }, "Joint"));
    head.append(...this.panes.map(({ letter }) => make("th", { scope: "col" }, letter)));
    const columns = make("colgroup", {}, make("col", { class: "label" }));
    columns.append(...this.panes.map(() => make("col", { class: "cell" })));
    const body = make("tbody", {}, ...region.rows.map((item, place) => this.#row(item, region.rows[place - 1])));
    const table = make("table", { class: "grid", role: "grid", "data-region": region.key, hidden: true });
    table.append(make("caption", {}, `Scores, ${region.label}`), columns, make("thead", {}, head), body);
    return table;
  }

  #row(item, before) {
    const feature = this.features.get(item.feature);
    const label = make("th", { scope: "row", title: `${item.label}, ${feature}` });
    const asked = this.queried.has(item.key);
    const initial = make("span", { class: "feature" }, this.features.size > 1 ? feature.slice(0, 1) : "");
    label.append(initial, `${item.label}${asked ? " ?" : ""}`);
    label.classList.toggle("queried", asked);
    const row = make("tr", { class: before && before.joint === item.joint ? "" : "joint" }, label);
    for (const { timepoint, letter, locked } of this.panes) {
      const name = `${letter}, ${item.label}, ${feature}${locked ? ", signed" : ""}${asked ? ", to check" : ""}`;
      const cell = make("td", { tabindex: "-1", "data-item": item.key, "data-timepoint": timepoint, "data-name": name });
      cell.classList.toggle("locked", locked === true);
      this.#cells.set(cellKey(item.key, timepoint), cell);
      row.append(cell);
    }
    this.#rows.set(item.key, row);
    return row;
  }
}

export const differs = ({ reference = null, value, reason }) =>
  reference !== null && (reference.value !== value || reference.reason !== reason);
