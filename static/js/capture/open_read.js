// One read in this tab, across its screen and its review: the queue on disk, the sender, and who may write.

import { Queue } from "./queue.js";
import { SealedStore } from "./sealed_store.js";
import { Sender } from "./sender.js";
import { TabLock } from "./tab_lock.js";

export class OpenRead {
  #changed = () => {};

  constructor(read, { urls, session }) {
    Object.assign(this, { read, urls, session });
    this.tab = crypto.getRandomValues(new Uint32Array(2)).reduce((text, part) => text + part.toString(16).padStart(8, "0"), "");
  }

  static async open(read, key, { urls, session }) {
    const opened = new OpenRead(read, { urls, session });
    const store = await SealedStore.open(read, key).catch(() => null);
    opened.queue = new Queue(store);
    const changed = () => opened.#changed();
    opened.sender = new Sender({ queue: opened.queue, session, urls, may: () => opened.lock.held, changed });
    opened.queue.watch(changed);
    opened.lock = new TabLock(read, {
      gained: () => opened.queue.load().then(() => opened.page?.gained()),
      lost: () => opened.#lost(),
      moved: () => opened.#merge(),
    });
    if (await opened.lock.start()) await opened.queue.load();
    return opened;
  }

  // The page now on the screen: {sheet, changed(), gained(), lost()}. Unsaved edits are laid over its values.
  attach(page, progress) {
    this.page = page;
    this.#changed = () => page.changed();
    this.sender.sheet = page.sheet;
    this.sender.progress = progress;
    for (const record of this.queue.records) overlay(page.sheet, record);
    this.sender.resume();
    page.changed();
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
    this.lock.announceMoved();
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
