// Why a value changes after it was signed: a reason from the list by its digit, a text, Enter. The last answer is
// filled in already, so that the next cell of the same kind takes one key.

export class ChangeReason {
  // asked: the read was signed before; the last answer is kept in the room until the reader leaves it.
  constructor(dialog, { asked, room, nameOf, say }) {
    Object.assign(this, { dialog, asked, room, nameOf, say });
    this.form = dialog.querySelector("form");
    this.form.onsubmit = (event) => this.#submit(event);
    this.form.onkeydown = (event) => this.#digit(event);
    dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
    dialog.onclose = () => this.#left();
  }

  // Runs enter({change_reason, change_note}) once the reader has said why, at once where nobody asks.
  ask(changes, enter) {
    if (!this.asked) return enter({});
    this.waits = enter;
    const { change_reason, change_note } = this.room.lastChange ?? {};
    this.form.reset();
    this.#refuse("");
    this.dialog.querySelector(".which").textContent = changes.map((change) => this.#name(change)).join("; ");
    this.dialog.showModal();
    if (!change_reason) return this.#radios[0].focus();
    this.form.elements.change_reason.value = change_reason;
    this.form.elements.change_note.value = change_note;
    this.form.elements.change_note.select();
  }

  get #radios() {
    return [...this.form.querySelectorAll("[type=radio]")];
  }

  #digit(event) {
    const chosen = event.target.matches("[type=radio]") && this.#radios[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.checked = true;
    this.form.elements.change_note.focus();
  }

  #submit(event) {
    event.preventDefault();
    const { change_reason, change_note } = Object.fromEntries(new FormData(this.form));
    if (!change_reason) return this.#refuse("Choose a reason.");
    if (!change_note.trim()) return this.#refuse("Say in a few words why you are changing the value.");
    this.room.lastChange = { change_reason, change_note: change_note.trim() };
    const enter = this.waits;
    this.waits = null;
    this.dialog.close();
    enter(this.room.lastChange);
  }

  // The browser says that a dialog has closed a little later: by then the next value may have been asked about.
  #left() {
    if (this.dialog.open || !this.waits) return;
    this.waits = null;
    this.say("Nothing was changed: a signed value can be changed only with a reason.");
  }

  #refuse(text) {
    this.form.querySelector(".refusal").textContent = text;
  }

  #name({ cell, before, after }) {
    return `${this.nameOf(cell)}: ${wordOf(before)} becomes ${wordOf(after)}`;
  }
}

function wordOf({ value, reason }) {
  if (reason) return "not assessable";
  return value === null ? "empty" : String(value);
}
