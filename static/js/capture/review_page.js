// The review before signing, in place or on its own. Signing waits until the server has every value.

import { dataOf, followLinks } from "./pages.js";
import { ScoreSheet } from "./score_sheet.js";
import { showStatus } from "./status_line.js";

export class ReviewPage {
  #openRead = null;
  #stale = false;

  constructor(root, room) {
    Object.assign(this, { root, room });
    this.case = dataOf(root, "case");
    this.sheet = new ScoreSheet({});
    followLinks(root, room);
    for (const form of root.querySelectorAll("form[data-swap]")) {
      form.addEventListener("submit", (event) => this.#submitted(event));
    }
  }

  attach(openRead) {
    this.#openRead = openRead;
    this.#stale = openRead.queue.waiting > 0;
    openRead.attach(this, this.case.progress);
    if (!openRead.lock.held) this.lost();
  }

  // Values that came after this page was made are not on it: once all are saved it is made again.
  changed() {
    const { queue } = this.#openRead;
    showStatus(this.root.querySelector(".status"), this.#openRead);
    const waiting = queue.waiting;
    const { state, text } = this.#openRead.sender;
    const why = `${waiting} not saved yet. You can sign once the server has everything.`;
    this.#forbid(state === "stopped" ? text : waiting ? why : "");
    if (waiting) this.#stale = true;
    else if (this.#stale) this.gained();
  }

  gained() {
    this.#stale = false;
    this.room.go(location.href, { push: false });
  }

  lost() {
    this.#forbid("This case is open in another tab. Sign there, or close it.");
  }

  say(text) {
    this.#forbid(text, false);
  }

  leave() {}

  async #submitted(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    await this.room.go(form.action, { way: { method: "POST", body: new URLSearchParams(new FormData(form)) } });
    button.disabled = false;
  }

  #forbid(text, disabled = text !== "") {
    const box = this.root.querySelector(".unsaved");
    const button = this.root.querySelector("[data-sign]");
    if (!button) return;
    box.textContent = text;
    box.hidden = !text;
    button.disabled = disabled || button.hasAttribute("data-never");
  }
}
