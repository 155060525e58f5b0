// Entering: a digit scores and moves on, anything that may not be is refused where it stands, in words.

import { History } from "./history.js";

const same = (a, b) => a.value === b.value && a.reason === b.reason;

export class Entry {
  awaitingReason = false;

  // whyNot(timepoint, region) tells why a cell cannot be scored yet ("" when it can), seenAt(timepoint, region) since when
  // its film has been seen whole; store(edit, revision) queues it.
  constructor({ sheet, cursor, instrument, terms, whyNot, seenAt, store, say, refused, flash, asking }) {
    Object.assign(this, { sheet, cursor, instrument, terms, whyNot, seenAt, store, say, refused, flash, asking });
    this.history = new History();
  }

  score(value, how) {
    if (this.awaitingReason) return this.reason(value, how);
    const { item } = this.cursor.cell;
    if (!item.allowed.includes(value)) return this.#refuse(rangeOf(item.allowed));
    if (this.#enter([this.cursor.cell], { value, reason: "" }, how)) this.#on();
  }

  // Asks for the reason, or stops asking.
  notAssessable() {
    if (!this.awaitingReason && this.#blocked(this.cursor.cell)) return;
    this.#ask(!this.awaitingReason);
  }

  reason(number, how) {
    const { reasons } = this.instrument;
    const chosen = reasons[number - 1];
    if (!chosen) return this.#refuse(`1 to ${reasons.length}`);
    this.#ask(false);
    if (this.#enter([this.cursor.cell], { value: null, reason: chosen.code }, how)) this.#on();
  }

  // 0 in the still empty cells of this row, where the charter allows it; told apart in the data.
  zeroRest() {
    if (!this.terms.bulk_zero) return this.#refuse("0 for a whole row is not allowed by the charter");
    const { item, region } = this.cursor.cell;
    const cells = this.cursor.timepoints.map((timepoint) => ({ item, timepoint, region }));
    const empty = cells.filter(({ timepoint }) => !this.sheet.filled(item.key, timepoint));
    if (!empty.length) return this.#refuse("no empty cell in this row");
    if (this.#enter(empty, { value: 0, reason: "" }, "bulk")) this.cursor.nextEmpty();
  }

  // Clears the cell when it has something, else the one before.
  back(how) {
    const { item, timepoint } = this.cursor.cell;
    if (!this.sheet.filled(item.key, timepoint) && !this.cursor.step(-1)) return;
    if (this.#filled(this.cursor.cell)) this.#enter([this.cursor.cell], { value: null, reason: "" }, how);
  }

  undo(how) {
    if (!this.#travel(this.history.back(), "before", how)) this.history.forth();
  }

  redo(how) {
    if (!this.#travel(this.history.forth(), "after", how)) this.history.back();
  }

  cancel() {
    this.#ask(false);
    this.say("");
  }

  // False when a cell cannot be entered now: the step stays to be undone or redone later.
  #travel(changes, end, how) {
    if (changes?.some((change) => this.#blocked(change.cell))) return false;
    for (const change of changes ?? []) this.#put(change.cell, change[end], how);
    const cell = changes?.[0].cell;
    if (cell) this.cursor.goTo(cell.item.key, cell.timepoint);
    else this.say(end === "before" ? "Nothing to undo." : "Nothing to redo.");
    return true;
  }

  #enter(cells, wanted, how) {
    if (cells.some((cell) => this.#blocked(cell))) return false;
    const changes = cells.map((cell) => ({ cell, before: this.#now(cell), after: wanted }));
    const real = changes.filter(({ before }) => !same(before, wanted));
    for (const { cell } of real) this.#put(cell, wanted, how);
    if (real.length) this.history.done(real);
    this.say("");
    return true;
  }

  #put({ item, timepoint, region }, { value, reason }, how) {
    const { revision } = this.sheet.cell(item.key, timepoint);
    this.sheet.edit(item.key, timepoint, { value, reason });
    this.flash(timepoint, { value, reason });
    const edit = { kind: "value", timepoint, item: item.key, value, reason, entry: how, resolves: "" };
    const dwell_ms = Math.round(performance.now() - this.cursor.since);
    const seen_at = this.seenAt(timepoint, region);
    this.store({ ...edit, dwell_ms, seen_at, captured_at: new Date().toISOString() }, revision);
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

  #ask(on) {
    this.awaitingReason = on;
    this.asking(on);
  }

  #on() {
    if (!this.cursor.step()) this.say("This was the last cell. Ctrl+Enter or Review and sign goes on.");
  }

  #filled = ({ item, timepoint }) => this.sheet.filled(item.key, timepoint);

  #now({ item, timepoint }) {
    const { value, reason } = this.sheet.cell(item.key, timepoint);
    return { value, reason };
  }
}

export function rangeOf(allowed) {
  const [low, high] = [Math.min(...allowed), Math.max(...allowed)];
  return `Allowed here: ${low}–${high}`;
}
