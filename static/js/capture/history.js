// Undo and redo of entered values. Each step is a list of changes {cell, before, after}; undoing is a new edit.

export class History {
  #past = [];
  #future = [];

  done(changes) {
    this.#past.push(changes);
    this.#future = [];
  }

  back() {
    return this.#move(this.#past, this.#future);
  }

  forth() {
    return this.#move(this.#future, this.#past);
  }

  #move(from, to) {
    const changes = from.pop();
    if (changes) to.push(changes);
    return changes;
  }
}
