// Puts a value into a cell: on the sheet, over the film for a moment, and into the queue. Each change knows how it is
// put, undone and put again, and what forbids it.

export class Putting {
  // seenAt(timepoint, region): since when the film has been seen whole; store(edit, revision) queues an edit.
  constructor({ sheet, cursor, store, seenAt, flash }) {
    Object.assign(this, { sheet, cursor, store, seenAt, flash });
  }

  // begin(how, why) puts it for the first time; undoing and redoing keep the reason, and undoing says so.
  change(cell, after, blocked) {
    const { value, reason } = this.sheet.cell(cell.item.key, cell.timepoint);
    const before = { value, reason };
    let why = {};
    const begin = (how, given) => {
      why = given;
      this.#put(cell, after, how, why);
    };
    const put = (wanted, how) => this.#put(cell, wanted, how, wanted === before ? undone(why) : why);
    return { cell, before, after, begin, put, blocked };
  }

  #put({ item, timepoint, region }, { value, reason }, how, why) {
    const { revision } = this.sheet.cell(item.key, timepoint);
    this.sheet.edit(item.key, timepoint, { value, reason });
    this.flash(timepoint, { value, reason });
    const edit = { kind: "value", timepoint, item: item.key, value, reason, entry: how, resolves: "", ...why };
    const dwell_ms = Math.round(performance.now() - this.cursor.since);
    const seen_at = this.seenAt(timepoint, region);
    this.store({ ...edit, dwell_ms, seen_at, captured_at: new Date().toISOString() }, revision);
  }
}

const undone = (why) => (why.change_note ? { ...why, change_note: `Undone: ${why.change_note}` } : why);
