// Verified packed bands in memory, least recently used out first beyond the budget. Nothing is kept on disk.

export class BandCache {
  #bands = new Map();
  #size = 0;

  constructor(budget = 256 * 1024 * 1024) {
    this.budget = budget;
  }

  // Takes the bytes out: they travel to a worker and come back by put().
  take(key) {
    const bytes = this.#bands.get(key);
    if (bytes === undefined) return null;
    this.#bands.delete(key);
    this.#size -= bytes.byteLength;
    return bytes;
  }

  has(key) {
    return this.#bands.has(key);
  }

  put(key, bytes) {
    this.take(key);
    this.#bands.set(key, bytes);
    this.#size += bytes.byteLength;
    for (const oldest of this.#bands.keys()) {
      if (this.#size <= this.budget) break;
      this.take(oldest);
    }
  }

  get size() {
    return this.#size;
  }
}
