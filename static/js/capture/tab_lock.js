// Of several tabs on one read, one writes. The others show the case and can take over; a closed or crashed tab
// gives way by itself. The server checks revisions in any case.

const nameOf = (read) => `blindread-${read}`;

export class TabLock {
  #release = () => {};
  #waiting = null;
  #closed = false;
  held = false;

  // gained(first) and lost() report changes; moved() is called when another tab has put its last edits on disk.
  constructor(read, { gained, lost, moved }) {
    Object.assign(this, { name: nameOf(read), gained, lost });
    this.channel = new BroadcastChannel(this.name);
    this.channel.addEventListener("message", moved);
  }

  // Resolves to whether this tab writes.
  async start() {
    if (!navigator.locks) return (this.held = true);
    await new Promise((settled) => {
      this.#request({ ifAvailable: true }, settled);
    });
    if (!this.held) this.#wait();
    return this.held;
  }

  takeOver() {
    this.#waiting?.abort();
    this.#request({ steal: true });
  }

  // Called by the tab that lost the lock once its last edits are on disk.
  announceMoved() {
    this.channel.postMessage("moved");
  }

  close() {
    this.#closed = true;
    this.#waiting?.abort();
    this.#release();
    this.channel.close();
  }

  #wait() {
    this.#waiting = new AbortController();
    this.#request({ signal: this.#waiting.signal });
  }

  #request(options, settled = () => this.gained()) {
    const holding = (lock) => {
      this.held = lock !== null;
      settled();
      return this.held ? new Promise((release) => (this.#release = release)) : null;
    };
    navigator.locks.request(this.name, options, holding).catch(() => this.#stolen());
  }

  // An aborted wait ends here too: it never held the lock.
  #stolen() {
    if (!this.held || this.#closed) return;
    this.held = false;
    this.lost();
    this.#wait();
  }
}
