// The sign-in over the page: the films and everything entered stay where they are. Only the same reader may go on;
// the server proves it by giving the same key for the same read again.

import { dataOf, pageFrom } from "./pages.js";
import { SIGN_IN } from "./session.js";

export class SignInOverlay {
  constructor(dialog, { screen, key }) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.screen = screen;
    this.key = key;
  }

  async open(session) {
    await session.refreshToken();
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    if (!this.dialog.open) this.dialog.showModal();
    return new Promise((resolve) => {
      const submitted = async (event) => {
        event.preventDefault();
        if (!(await this.#signIn(session))) return;
        this.form.removeEventListener("submit", submitted);
        this.form.reset();
        this.dialog.close();
        resolve();
      };
      this.form.addEventListener("submit", submitted);
    });
  }

  async #signIn(session) {
    const fields = new FormData(this.form);
    this.#say("");
    const answer = await this.#post(session, fields);
    if (answer === null) return this.#say("The server cannot be reached. Try again in a moment.");
    if (!answer.ok) return this.#refused(await answer.json().catch(() => ({})));
    const page = await pageFrom(this.screen);
    if (!page.document || dataOf(page.document, "queue-key") !== this.key) {
      return this.#say("Somebody else's account is signed in now. What the first reader entered stays sealed for him.");
    }
    session.token = page.document.querySelector('meta[name="csrf-token"]').content;
    return true;
  }

  async #post(session, fields) {
    const headers = { "X-CSRFToken": session.token, Accept: "application/json" };
    const way = { method: "POST", credentials: "same-origin", headers, body: new URLSearchParams(fields) };
    try {
      return await fetch(SIGN_IN, way);
    } catch {
      return null;
    }
  }

  #refused({ error = "That was not accepted.", needs = "" }) {
    if (needs === "code") {
      this.form.querySelector(".code").hidden = false;
      this.form.elements.code.disabled = false;
      this.form.elements.code.focus();
    } else {
      this.form.elements.password.value = "";
    }
    return this.#say(error);
  }

  #say(text) {
    this.form.querySelector(".refusal").textContent = text;
    return false;
  }
}
