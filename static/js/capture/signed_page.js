// After the signature: the next case is offered and has the focus, so that Enter opens it; nothing opens by itself.

import { inZone } from "../site/zone.js";
import { dataOf, followLinks } from "./pages.js";
import { ScoreSheet } from "./score_sheet.js";
import { showStatus } from "./status_line.js";

export class SignedPage {
  #openRead = null;

  constructor(root, room) {
    Object.assign(this, { root, room });
    this.case = dataOf(root, "case");
    this.sheet = new ScoreSheet({});
    for (const time of root.querySelectorAll("time")) time.textContent = inZone(new Date(time.dateTime));
    followLinks(root, room);
    root.querySelector("[data-offer]")?.focus();
  }

  attach(openRead) {
    this.#openRead = openRead;
    openRead.attach(this, this.case.progress);
  }

  changed() {
    showStatus(this.root.querySelector(".status"), this.#openRead);
  }

  gained() {}

  lost() {}

  say(text) {
    this.root.querySelector(".status").textContent = text;
  }

  leave() {}
}
