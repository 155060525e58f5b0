// A value entered while its film is still coming waits here, in words, and is entered once the film has been shown
// whole. Moving on or Escape lets go of it, in words too: nothing is entered for a film that nobody has seen.

export class Held {
  #held = null;
  #missing = "";

  // coming(cell): the film is still on its way; why(cell): what is missing; nameOf(cell); say, note: where it is said.
  constructor({ coming, why, nameOf, say, note, enter }) {
    Object.assign(this, { coming, why, nameOf, say, note, enter });
  }

  get waits() {
    return this.#held !== null;
  }

  // One waits at a time: a second one may be meant for the next cell or to put the first right, and nobody can know.
  hold(cell, wanted, how) {
    if (this.#held) {
      const first = wordOf(this.#held.wanted);
      return this.say(`${wordOf(wanted)} was not entered: ${first} is still waiting for its film. Escape discards it.`);
    }
    this.#held = { cell, wanted, how };
    this.#announce();
  }

  // Something of the films has changed.
  retry() {
    if (!this.#held) return;
    const { cell, wanted, how } = this.#held;
    if (this.coming(cell)) return this.why(cell) !== this.#missing && this.#announce();
    this.#held = null;
    this.note("");
    this.enter(cell, wanted, how);
  }

  // The reader is at this cell now.
  moved(cell) {
    if (!this.#held || same(cell, this.#held.cell)) return this.#held && this.#announce();
    this.letGo();
  }

  letGo() {
    const { cell, wanted } = this.#held;
    this.#held = null;
    this.say(`${wordOf(wanted)} was not entered for ${this.nameOf(cell)}: its film had not been shown yet.`);
  }

  // What is lost if the page is left now, or "".
  get warning() {
    return this.#held ? `${wordOf(this.#held.wanted)} for ${this.nameOf(this.#held.cell)} is still waiting for its film.` : "";
  }

  #announce() {
    const { cell, wanted } = this.#held;
    this.#missing = this.why(cell);
    this.note(`${wordOf(wanted)} is waiting and not entered yet. ${this.#missing} Escape discards it.`);
  }
}

const same = (a, b) => a.item === b.item && a.timepoint === b.timepoint;
const wordOf = ({ value, reason }) => (reason ? "Not assessable" : String(value));
