// Puts changes on disk one transaction after the other; what comes while one is under way goes together in the next.

export class DiskWriter {
  #next = null;
  #running = Promise.resolve();
  kept = true;

  // Without a store (no disk available) everything stays in memory, and `kept` says so.
  constructor(store) {
    this.store = store;
    this.kept = store !== null;
  }

  // Resolves when the change is on disk, or when the disk has refused it and work continues in memory.
  write({ put = [], remove = [] }) {
    if (!this.store) return Promise.resolve();
    if (!this.#next) {
      this.#next = { put: new Map(), remove: new Set() };
      this.#running = this.#running.then(() => this.#flush());
    }
    for (const { onDisk, ...record } of put) {
      this.#next.put.set(record.op_id, record);
      this.#next.remove.delete(record.op_id);
    }
    for (const id of remove) {
      this.#next.put.delete(id);
      this.#next.remove.add(id);
    }
    return this.#running;
  }

  // Resolves when everything so far is on disk.
  get written() {
    return this.#running;
  }

  async #flush() {
    const { put, remove } = this.#next;
    this.#next = null;
    try {
      await this.store.change({ put: [...put.values()], remove: [...remove] });
      this.kept = true;
    } catch {
      this.kept = false;
    }
  }
}
