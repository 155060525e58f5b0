// Flag and comment of a cell. They travel like values: kept first, sent, acknowledged.

export class Notes {
  // closed() tells why nothing can be entered ("" when it can).
  constructor(form, { sheet, cursor, store, focus, say, closed }) {
    Object.assign(this, { form, sheet, cursor, store, say, closed });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep({ comment: form.elements.comment.value.trim() });
      this.#close(focus);
    });
    form.querySelector("[data-cancel]").addEventListener("click", () => this.#close(focus));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close(focus);
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    cursor.watch(() => (form.hidden = true));
  }

  flag() {
    if (this.#shut()) return;
    const { item, timepoint } = this.cursor.cell;
    this.#keep({ flag: !this.sheet.cell(item.key, timepoint).flag });
  }

  comment() {
    if (this.#shut()) return;
    const { item, timepoint } = this.cursor.cell;
    this.form.elements.comment.value = this.sheet.cell(item.key, timepoint).comment;
    this.form.hidden = false;
    this.form.elements.comment.focus();
  }

  #shut() {
    const why = this.closed();
    if (why) this.say(why);
    return why !== "";
  }

  #keep(change) {
    const { item, timepoint } = this.cursor.cell;
    const { flag, comment, revision } = this.sheet.cell(item.key, timepoint);
    const note = { flag, comment, ...change };
    this.sheet.edit(item.key, timepoint, note);
    this.store({ kind: "note", timepoint, item: item.key, ...note }, revision);
  }

  #close(focus) {
    this.form.hidden = true;
    focus();
  }
}
