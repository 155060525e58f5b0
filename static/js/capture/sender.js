// Sends waiting edits, one request in flight. Knows what each kind of answer means and never throws an edit away.

const BATCH = 50;
const PAUSES = [1000, 2000, 4000, 8000, 15000];

export class Sender {
  #busy = false;
  #running = Promise.resolve();
  #batch = BATCH;
  #failures = 0;
  #timer = 0;
  state = "idle";
  text = "";
  lastSaved = null;

  // may(): this tab is the one that writes; changed() after every change. The sheet is the one now on the screen.
  constructor({ queue, session, urls, may, changed }) {
    Object.assign(this, { queue, session, urls, may, changed });
    this.sheet = null;
    this.progress = null;
    this.paused = false;
    // Back on the network or before the reader's eyes: the pauses begin again with the shortest.
    this.wake = () => {
      this.#failures = 0;
      this.kick();
    };
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  // While a page of this read is fetched nothing is sent, so that no answer falls between the page and its values.
  async pause() {
    this.paused = true;
    await this.#running;
  }

  resume() {
    this.paused = false;
    this.kick();
  }

  close() {
    this.paused = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  kick() {
    clearTimeout(this.#timer);
    if (this.#busy || this.state === "stopped") return;
    this.#busy = true;
    this.#running = this.#run().finally(() => {
      this.#busy = false;
      this.changed();
    });
  }

  async #run() {
    while (this.may() && !this.paused && (await this.#one()));
  }

  // One request; false when there is nothing to send or it must wait.
  async #one() {
    const values = this.queue.ready("value", this.#batch);
    const note = values.length ? null : this.queue.ready("note", 1)[0];
    if (!values.length && !note) return this.#become("idle");
    this.#become("sending");
    const answer = note
      ? await this.session.post(this.urls.notes, noteOf(note))
      : await this.session.post(this.urls.values, { ops: values.map(operationOf) });
    return this.#take(answer, note ? [note] : values);
  }

  // A 200 that cannot be read was cut off on the way, or came from something in between: it is requested again.
  async #take(answer, sent) {
    if (answer.status === 200 && answer.body) return this.#saved(answer.body, sent);
    if (answer.status === 400 || answer.status === 404) return this.#isolate(answer, sent);
    // Ours, not a proxy's: the role that this read needs has ended.
    if (answer.status === 403 && answer.body?.error) return this.#stop("You are no longer a reader in this trial.");
    if (answer.status === 409) return this.#stop(answer.body?.error ?? "This read accepts no more values.");
    return this.#later(answer.status === 0 ? "offline" : "stumbling");
  }

  async #saved(body, sent) {
    this.#batch = BATCH;
    this.#failures = 0;
    this.progress = { saved_count: body.saved_count, expected_count: body.expected_count };
    for (const result of body.results ?? [body]) {
      const { item, timepoint } = result;
      if (result.status === "conflict") {
        this.sheet.conflict(item, timepoint, result);
        await this.queue.hold(result.op_id, "conflict", result);
        continue;
      }
      this.lastSaved = result.saved_at;
      this.sheet.acknowledge(item, timepoint, result.status ? result : {});
      await this.queue.done(result.op_id, result.revision);
    }
    return sent.length > 0;
  }

  // One edit the server will not have must not keep the others: they are sent singly until it is found.
  async #isolate(answer, sent) {
    if (sent.length > 1) {
      this.#batch = 1;
      return true;
    }
    const text = answer.body?.error ?? `the server answered ${answer.status}`;
    await this.queue.hold(sent[0].op_id, "refused", { text });
    return true;
  }

  #stop(text) {
    this.text = text;
    return this.#become("stopped");
  }

  #later(state) {
    this.#timer = setTimeout(() => this.kick(), PAUSES[Math.min(this.#failures++, PAUSES.length - 1)]);
    return this.#become(state);
  }

  #become(state) {
    if (this.state !== state) {
      this.state = state;
      this.changed();
    }
    return false;
  }
}

// What the server receives of an edit: not its state in the queue.
const operationOf = ({ kind, seq, held, after, onDisk, theirs, ...operation }) => operation;

const noteOf = ({ op_id, timepoint, item, flag, comment }) => ({ op_id, timepoint, item, flag, comment });
