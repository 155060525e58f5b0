// A few module workers that serve band requests by priority (0 first); two requests per worker at a time,
// so that one band is on its way while another is unpacked.

const PER_WORKER = 2;

export class Pool {
  #workers = [];
  #waiting = [];
  #running = new Map();
  #next = 1;

  constructor(address, size) {
    Object.assign(this, { address, size });
  }

  // Resolves to {bytes, levels}; rejects with {fault: "refused" | "answered" | "unreachable" | "withdrawn", status}.
  request(job, { priority = 0, signal = null } = {}) {
    return new Promise((resolve, reject) => {
      const entry = { job: { ...job, id: this.#next++ }, priority, signal, resolve, reject };
      this.#waiting.push(entry);
      this.#waiting.sort((a, b) => a.priority - b.priority || a.job.id - b.job.id);
      this.#dispatch();
    });
  }

  close() {
    for (const { worker } of this.#workers) worker.terminate();
  }

  // Another worker is started only where those there are have something to do.
  #freest() {
    const lane = this.#workers.reduce((a, b) => (b.load < a.load ? b : a), { load: Infinity });
    if (lane.load === 0 || this.#workers.length === this.size) return lane;
    this.#workers.push(this.#start());
    return this.#workers.at(-1);
  }

  #start() {
    const lane = { worker: new Worker(this.address, { type: "module" }), load: 0 };
    lane.worker.addEventListener("message", ({ data }) => this.#settle(lane, data));
    lane.worker.addEventListener("error", (event) => this.#abandon(lane, event.message));
    return lane;
  }

  #dispatch() {
    while (this.#waiting.length) {
      const lane = this.#freest();
      if (lane.load >= PER_WORKER) return;
      this.#send(lane, this.#waiting.shift());
    }
  }

  #send(lane, entry) {
    if (entry.signal?.aborted) {
      entry.reject({ fault: "withdrawn", status: 0, text: "no longer needed" });
      return;
    }
    lane.load += 1;
    this.#running.set(entry.job.id, { ...entry, lane });
    const { bytes, arrived } = entry.job;
    lane.worker.postMessage(entry.job, [bytes, arrived].filter(Boolean));
  }

  #settle(lane, answer) {
    const entry = this.#running.get(answer.id);
    this.#running.delete(answer.id);
    lane.load -= 1;
    if (answer.fault) entry.reject(answer);
    else entry.resolve(answer);
    this.#dispatch();
  }

  // A worker that could not start or crashed: its requests fail as unreachable, so that they are tried again.
  #abandon(lane, text) {
    for (const [id, entry] of this.#running) {
      if (entry.lane === lane) this.#settle(lane, { id, fault: "unreachable", status: 0, text });
    }
  }
}
