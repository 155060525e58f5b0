// One read in this tab, across its screen and its review: the queue on disk, the sender, and who may write.

import { Queue } from "./queue.js";
import { SealedStore } from "./sealed_store.js";
import { Sender } from "./sender.js";
import { TabLock } from "./tab_lock.js";

export class OpenRead {
  #told = () => {};

  constructor(read, { urls, session }) {
    Object.assign(this, { read, urls, session });
    this.tab = crypto.getRandomValues(new Uint32Array(2)).reduce((text, part) => text + part.toString(16).padStart(8, "0"), "");
  }

  static async open(read, key, { urls, session }) {
    const desk = new OpenRead(read, { urls, session });
    const store = await SealedStore.open(read, key).catch(() => null);
    desk.queue = new Queue(store);
    desk.sender = new Sender({ queue: desk.queue, session, urls, may: () => desk.lock.held, told: () => desk.#told() });
    desk.queue.watch(() => desk.#told());
    desk.lock = new TabLock(read, {
      gained: () => desk.queue.load().then(() => desk.page?.gained()),
      lost: () => desk.#lost(),
      moved: () => desk.#merge(),
    });
    if (await desk.lock.start()) await desk.queue.load();
    return desk;
  }

  // The page now on the screen: {sheet, told(), gained(), lost()}. Unsaved edits are laid over its values.
  attach(page, progress) {
    this.page = page;
    this.#told = () => page.told();
    this.sender.sheet = page.sheet;
    this.sender.progress = progress;
    for (const record of this.queue.records) overlay(page.sheet, record);
    this.sender.resume();
    page.told();
  }

  store(edit, revision) {
    return this.queue.add(edit, revision).then(() => this.sender.kick());
  }

  // True when the server has everything, false when it has not after so many milliseconds.
  async emptied(patience) {
    const end = performance.now() + patience;
    this.sender.kick();
    while (this.queue.waiting && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
    return this.queue.waiting === 0;
  }

  async takeOver() {
    await this.session.post(this.urls.take_over, { tab: this.tab });
    this.lock.takeOver();
  }

  close() {
    this.sender.close();
    this.lock.close();
    this.page = null;
  }

  async #lost() {
    this.page?.lost();
    await this.queue.written;
    this.lock.tellMoved();
  }

  async #merge() {
    for (const record of await this.queue.load()) overlay(this.page.sheet, record);
    this.sender.kick();
  }
}

function overlay(sheet, { kind, item, timepoint, value, reason, flag, comment, held, theirs }) {
  sheet.edit(item, timepoint, kind === "note" ? { flag, comment } : { value, reason });
  if (held === "conflict") sheet.conflict(item, timepoint, theirs);
}
