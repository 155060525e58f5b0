// Edits on their way to the server, in order. Each is on disk before it is sent and leaves only when its answer names
// it. Edits of one cell wait for one another, so that each carries the revision the one before it was given.

import { DiskWriter } from "./disk_writer.js";

export class Queue {
  #records = [];
  #seq = 0;
  #watchers = [];
  #disk;
  sealed = 0;

  constructor(store) {
    this.store = store;
    this.#disk = new DiskWriter(store);
  }

  // What is on disk is what waits: edits of an earlier visit or of another tab come in, what another tab has sent
  // goes. What the server refused is offered to it once more. Gives the edits that were not here before.
  async load() {
    if (!this.store) return [];
    const { records, sealed } = await this.store.load();
    const here = new Set(this.#records.map(({ op_id }) => op_id));
    const fresh = ({ held, ...rest }) => ({ ...rest, held: held === "refused" ? "" : held, onDisk: true });
    this.#records = [...records.map(fresh), ...this.#records.filter(({ onDisk }) => !onDisk)];
    this.#seq = Math.max(this.#seq, records.at(-1)?.seq ?? 0);
    this.sealed = sealed;
    this.#changed();
    return this.#records.filter(({ op_id }) => !here.has(op_id));
  }

  get written() {
    return this.#disk.written;
  }

  // False when the disk refuses: edits are then in this tab only.
  get kept() {
    return this.#disk.kept;
  }

  get records() {
    return [...this.#records];
  }

  watch(callback) {
    this.#watchers.push(callback);
  }

  get waiting() {
    return this.#records.length;
  }

  // Edits of the last milliseconds, not yet on disk.
  get unwritten() {
    return this.#records.filter(({ onDisk }) => !onDisk).length;
  }

  get conflicts() {
    return this.#records.filter(({ held }) => held === "conflict");
  }

  get refused() {
    return this.#records.filter(({ held }) => held === "refused");
  }

  // Resolves when the edit is on disk (or, where no disk is available, at once).
  async add(edit, revision) {
    const before = this.#of(edit).at(-1);
    const record = { ...edit, op_id: newId(), seq: ++this.#seq, held: "", after: before?.op_id ?? "", base_revision: revision };
    this.#records.push(record);
    this.#changed();
    await this.#disk.write({ put: [record] });
    record.onDisk = true;
    this.#changed();
  }

  // Edits that may be sent now: on disk, not held, and the first of their cell.
  ready(kind, limit) {
    return this.#records
      .filter((record) => record.kind === kind && record.onDisk && !record.held && !record.after)
      .slice(0, limit);
  }

  // The server has it: it goes, and the next edit of the cell takes its revision.
  async done(id, revision) {
    const next = this.#records.find(({ after }) => after === id);
    if (next) Object.assign(next, { after: "", base_revision: revision ?? next.base_revision });
    this.#records = this.#records.filter(({ op_id }) => op_id !== id);
    this.#changed();
    await this.#disk.write({ put: next ? [next] : [], remove: [id] });
  }

  // It stays, and all later edits of its cell behind it, until a person decides.
  async hold(id, why, theirs = null) {
    const record = this.#records.find(({ op_id }) => op_id === id);
    if (!record) return;
    Object.assign(record, { held: why, theirs });
    this.#changed();
    await this.#disk.write({ put: [record] });
  }

  // Everything entered for the cell is sent after all, on top of what the server has; the last edit names the conflict.
  async release(id, edit = null) {
    const record = this.#records.find(({ op_id }) => op_id === id);
    Object.assign(record, { held: "", base_revision: record.theirs?.revision ?? record.base_revision, theirs: null });
    if (edit) await this.add({ ...edit, resolves: id }, record.base_revision);
    else this.#of(record).at(-1).resolves = id;
    await this.#disk.write({ put: this.#of(record) });
    this.#changed();
  }

  #of({ kind, item, timepoint }) {
    return this.#records.filter((each) => each.kind === kind && each.item === item && each.timepoint === timepoint);
  }

  #changed() {
    for (const callback of this.#watchers) callback();
  }
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
