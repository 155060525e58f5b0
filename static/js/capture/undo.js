// Undo and redo of what was entered, values and notes alike. Each step is a list of changes {cell, before, after,
// put(end, how), blocked()}; undoing is a new edit.

export class History {
  #past = [];
  #future = [];

  done(changes) {
    this.#past.push(changes);
    this.#future = [];
  }

  // The cell that was changed, null when there is no step, false when it cannot be taken now: it stays for later.
  undo(how) {
    return this.#travel(this.#past, this.#future, "before", how);
  }

  redo(how) {
    return this.#travel(this.#future, this.#past, "after", how);
  }

  #travel(from, to, end, how) {
    const changes = from.at(-1);
    if (!changes) return null;
    if (changes.some((change) => change.blocked())) return false;
    for (const change of changes) change.put(change[end], how);
    to.push(from.pop());
    return changes[0].cell;
  }
}
