// Flag and comment of a cell. They travel like values: kept first, sent, acknowledged, undone. A comment is kept when the
// reader leaves its field in whatever way; what cannot be kept then stays as the draft of its cell.

import { cellKey } from "./cell_order.js";

export class Notes {
  #open = null;
  #drafts = new Map();

  // closed() says why nothing can be entered ("" when it can).
  constructor(form, { sheet, cursor, store, focus, say, history, closed }) {
    Object.assign(this, { form, sheet, cursor, store, say, history, closed });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.leave();
      focus();
    });
    form.querySelector("[data-cancel]").addEventListener("click", () => this.#cancel(focus));
    form.addEventListener("keydown", (event) => this.#pressed(event, focus));
    form.addEventListener("focusout", ({ relatedTarget }) => {
      if (!form.contains(relatedTarget)) this.#keepTyped();
    });
    cursor.watch(() => this.leave());
  }

  flag() {
    if (this.#shut()) return;
    const { cell } = this.cursor;
    this.#keep(cell, { flag: !this.#now(cell).flag });
  }

  comment() {
    if (this.#shut()) return;
    const { cell } = this.cursor;
    const { comment } = this.#now(cell);
    this.#open = { cell, comment };
    this.form.elements.comment.value = this.#drafts.get(keyOf(cell)) ?? comment;
    this.form.hidden = false;
    this.form.elements.comment.focus();
  }

  // The field goes; what was typed in it stays.
  leave() {
    this.#keepTyped();
    this.#open = null;
    this.form.hidden = true;
  }

  // An input method ends its own composing with Enter or Escape.
  #pressed(event, focus) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#cancel(focus);
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  // As before the field was opened, also when the text has been kept meanwhile.
  #cancel(focus) {
    if (this.#open) this.form.elements.comment.value = this.#open.comment;
    this.leave();
    focus();
  }

  #keepTyped() {
    if (!this.#open) return;
    const { cell } = this.#open;
    const comment = this.form.elements.comment.value.trim();
    this.#drafts.delete(keyOf(cell));
    if (comment === this.#now(cell).comment) return;
    if (this.#shut()) this.#drafts.set(keyOf(cell), comment);
    else this.#keep(cell, { comment });
  }

  #shut() {
    const why = this.closed();
    if (why) this.say(why);
    return why !== "";
  }

  #keep(cell, change) {
    const before = this.#now(cell);
    const after = { ...before, ...change };
    this.#put(cell, after);
    this.history.done([{ cell, before, after, put: (note) => this.#put(cell, note), blocked: () => this.#shut() }]);
  }

  #now({ item, timepoint }) {
    const { flag, comment } = this.sheet.cell(item.key, timepoint);
    return { flag, comment };
  }

  #put({ item, timepoint }, note) {
    const { revision } = this.sheet.cell(item.key, timepoint);
    this.sheet.edit(item.key, timepoint, note);
    this.store({ kind: "note", timepoint, item: item.key, ...note }, revision);
  }
}

const keyOf = ({ item, timepoint }) => cellKey(item.key, timepoint);
