// Entering scores: a digit scores and moves to the next cell; what is not allowed is refused in its cell, with a reason.

import { Held } from "./held.js";
import { History } from "./undo.js";
import { rangeOf } from "./cell_order.js";

const same = (a, b) => a.value === b.value && a.reason === b.reason;

export class Entry {
  awaitingReason = false;

  // whyNot(timepoint, region) says why a cell cannot be scored yet ("" when it can), coming(timepoint, region) whether that
  // is because its film is on its way; putting makes edits, changeReason asks why a signed value changes; say(text)
  // refuses, note(text) informs.
  constructor({
    sheet, cursor, instrument, terms, rowFill, putting, changeReason, nameOf,
    say, note, coming, whyNot, refused, asking,
  }) {
    Object.assign(this, { sheet, cursor, instrument, terms, rowFill, putting, changeReason });
    Object.assign(this, { say, note, coming, whyNot, refused, asking });
    this.history = new History();
    this.held = new Held({
      coming: (cell) => this.#waitsForFilm(cell),
      why: ({ timepoint, region }) => this.whyNot(timepoint, region),
      enter: (cell, wanted, how) => this.#one(wanted, how),
      nameOf, say, note,
    });
  }

  score(value, how) {
    if (this.awaitingReason) return this.reason(value, how);
    const { item } = this.cursor.cell;
    if (!item.allowed.includes(value)) return this.#refuse(rangeOf(item.allowed));
    this.#one({ value, reason: "" }, how);
  }

  // Asks for the reason, or stops asking.
  notAssessable() {
    const { cell } = this.cursor;
    if (!this.awaitingReason && !this.#waitsForFilm(cell) && this.#blocked(cell)) return;
    this.#ask(!this.awaitingReason);
  }

  reason(number, how) {
    const { reasons } = this.instrument;
    const chosen = reasons[number - 1];
    if (!chosen) return this.#refuse(`1 to ${reasons.length}`);
    this.#ask(false);
    this.#one({ value: null, reason: chosen.code }, how);
  }

  // 0 in the still empty cells of this row, where the charter allows it; distinguished in the data.
  zeroRest() {
    if (!this.terms.bulk_zero) return this.#refuse("0 for a whole row is not allowed by the charter");
    const empty = this.rowFill.empty(this.cursor.cell);
    if (!empty.length) return this.#refuse("no empty cell in this row");
    if (empty.some((cell) => this.#blocked(cell))) return;
    this.rowFill.ask(empty, () => {
      this.#enter(empty, { value: 0, reason: "" }, "bulk", () => {
        this.cursor.nextEmpty();
        this.note(this.rowFill.summary(empty));
      });
    });
  }

  // Clears the cell when it has something, else the one before.
  back(how) {
    if (!this.#filled(this.cursor.cell) && !this.cursor.step(-1)) return;
    if (this.#filled(this.cursor.cell)) this.#enter([this.cursor.cell], { value: null, reason: "" }, how);
  }

  undo(how) {
    this.#gone(this.history.undo(how), "Nothing to undo.");
  }

  redo(how) {
    this.#gone(this.history.redo(how), "Nothing to redo.");
  }

  cancel() {
    this.#ask(false);
    this.say("");
    if (this.held.waits) this.held.moved(this.cursor.cell);
  }

  #gone(cell, nothing) {
    if (cell) this.cursor.goTo(cell.item.key, cell.timepoint);
    if (cell === null) this.note(nothing);
  }

  // A read that was signed before asks why; then() runs once the values are entered.
  #enter(cells, wanted, how, then = () => {}) {
    if (cells.some((cell) => this.#blocked(cell))) return;
    const changes = cells.map((cell) => this.putting.change(cell, wanted, () => this.#blocked(cell)));
    const real = changes.filter(({ before }) => !same(before, wanted));
    const enter = (why) => {
      for (const change of real) change.begin(how, why);
      if (real.length) this.history.done(real);
      this.say("");
      then();
    };
    if (real.length) this.changeReason.ask(real, enter);
    else enter({});
  }

  // The cell in question, and on; or held until its film has come.
  #one(wanted, how) {
    const { cell } = this.cursor;
    if (this.#waitsForFilm(cell)) return this.held.hold(cell, wanted, how);
    this.#enter([cell], wanted, how, () => this.#on());
  }

  #waitsForFilm({ item, timepoint, region }) {
    return !this.sheet.cell(item.key, timepoint).by_system && this.coming(timepoint, region);
  }

  #blocked({ item, timepoint, region }) {
    const why = this.sheet.cell(item.key, timepoint).by_system
      ? "There is no film here: the system has marked the cell."
      : this.whyNot(timepoint, region);
    if (why) this.#refuse(why);
    return why !== "";
  }

  #refuse(text) {
    const { item, timepoint } = this.cursor.cell;
    this.refused(item.key, timepoint);
    this.say(text);
  }

  #on() {
    if (!this.cursor.step()) this.note("This was the last cell. Press Ctrl+Enter or Review and sign to continue.");
  }

  #ask = (on) => this.asking((this.awaitingReason = on));
  #filled = ({ item, timepoint }) => this.sheet.filled(item.key, timepoint);
}
