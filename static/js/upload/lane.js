// Sends the files, a few at a time; each has its own line, and a failed one does not affect the others.
const AT_A_TIME = 3;

export class Lane {
  #waiting = [];
  #running = 0;
  #done = () => {};

  constructor(carry) {
    this.carry = carry;
  }

  add(items) {
    this.#waiting.push(...items);
    this.#next();
  }

  // Resolves when no file is waiting or being sent.
  idle() {
    return new Promise((resolve) => {
      this.#done = resolve;
      if (!this.#running && !this.#waiting.length) resolve();
    });
  }

  clear() {
    return this.#waiting.splice(0);
  }

  #next() {
    while (this.#running < AT_A_TIME && this.#waiting.length) {
      const item = this.#waiting.shift();
      this.#running += 1;
      this.carry(item).finally(() => {
        this.#running -= 1;
        if (!this.#running && !this.#waiting.length) this.#done();
        this.#next();
      });
    }
  }
}
