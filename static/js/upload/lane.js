// The files being sent, a few at a time; each has a line of its own, and one that fails does not touch the others.
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

  // Resolves when nothing waits and nothing runs.
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
