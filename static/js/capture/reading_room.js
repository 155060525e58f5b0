// What outlives a page of the reading room: workers, packed films, keys, the session, the open read.
// Pages of the room are swapped in place, so that the next case's films, already here, are not fetched again.

import { loader } from "../viewer/head_start.js";
import { Bindings } from "./bindings.js";
import { OpenRead } from "./open_read.js";
import { beginning, dataOf, pageFrom } from "./pages.js";
import { ReviewPage } from "./review_page.js";
import { ScreenPage } from "./screen_page.js";
import { Session } from "./session.js";
import { SignedPage } from "./signed_page.js";
import { SignInOverlay } from "./sign_in.js";

const PAGES = { screen: ScreenPage, review: ReviewPage, signed: SignedPage };

export class ReadingRoom {
  #opened = null;
  turn = null;
  fillsRows = false;

  constructor(root) {
    this.session = new Session(document.querySelector('meta[name="csrf-token"]'));
    this.bindings = new Bindings();
    this.loader = Object.assign(loader, {
      signedOut: () => this.session.signedOut(),
      waiting: (on) => this.page?.filmsWait?.(on),
    });
    this.openRead = null;
    addEventListener("popstate", () => {
      if (location.pathname !== this.path) this.go(location.href, { push: false });
    });
    addEventListener("beforeunload", (event) => {
      this.page?.keepTyped?.();
      const queue = this.openRead?.queue;
      if (queue?.unwritten || (queue?.waiting && !queue.kept)) event.preventDefault();
    });
    this.enter(root);
    dispatchEvent(new Event("room"));
  }

  enter(root) {
    const { token, urls } = dataOf(root, "case");
    const key = dataOf(root, "queue-key");
    this.session.overlay = new SignInOverlay(root.querySelector(".sign-in"), { screen: urls.screen, key });
    this.path = location.pathname;
    const page = (this.page = new PAGES[root.dataset.page](root, this));
    this.#openReadFor(token, key, urls).then((openRead) => {
      if (this.page !== page) return;
      this.openRead = openRead;
      page.attach(openRead);
    });
  }

  // Goes to another page of the room in place; what is no page of the room is gone to as usual. Of two turns under way
  // the one begun last is made. `begin` says that the page is a case to be begun: one request begins and fetches it.
  async go(url, { push = true, way = {}, begin = false } = {}) {
    const turn = (this.turn = Symbol());
    await this.openRead?.sender.pause();
    const page = await this.#fetched(url, begin ? beginning(this.session) : way, begin);
    if (this.turn !== turn) return;
    this.turn = null;
    if (page.status === 0) {
      this.openRead?.sender.resume();
      return this.page.say("The server cannot be reached. Nothing is lost; try again in a moment.");
    }
    if (!page.document) return location.assign(page.url);
    const address = new URL(page.url);
    address.hash = new URL(url, location.href).hash;
    history[push ? "pushState" : "replaceState"](null, "", address);
    this.#swap(page.document);
  }

  async #fetched(url, way, begin) {
    const page = await pageFrom(url, way);
    if (page.status !== 401) return page;
    await this.session.signedOut();
    if (begin) return pageFrom(url, beginning(this.session));
    return way.method ? { status: 0 } : pageFrom(url, way);
  }

  #swap(found) {
    this.page.leave();
    document.title = found.title;
    this.session.token = found.querySelector('meta[name="csrf-token"]').content;
    const root = document.adoptNode(found.querySelector("#room"));
    document.querySelector("#room").replaceWith(root);
    this.enter(root);
  }

  // One for each read: its screen and its review share it.
  #openReadFor(token, key, urls) {
    if (this.#opened?.token !== token) {
      this.#opened?.openRead.then((openRead) => openRead.close());
      this.openRead = null;
      this.#opened = { token, openRead: OpenRead.open(token, key, { urls, session: this.session }) };
    }
    return this.#opened.openRead;
  }
}
