// The sign-in over the page: the films and everything entered stay where they are. Only the same reader may go on;
// the server proves it by giving the same key for the same read again.

import { dataOf, pageFrom } from "./pages.js";

const UNREACHABLE = "The server cannot be reached. Try again in a moment.";

export class SignInOverlay {
  #proof = "";

  constructor(dialog, { screen, key }) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.screen = screen;
    this.key = key;
  }

  async open(session) {
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    if (!this.dialog.open) this.dialog.showModal();
    return new Promise((resolve) => {
      const submitted = async (event) => {
        event.preventDefault();
        if (!(await this.#once(() => this.#signIn(session)))) return;
        this.form.removeEventListener("submit", submitted);
        this.form.reset();
        this.#asks("");
        this.dialog.close();
        resolve();
      };
      this.form.addEventListener("submit", submitted);
    });
  }

  // While an answer is awaited nothing more is sent: a refusal that comes late would empty a field just filled.
  async #once(attempt) {
    const button = this.form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      return await attempt();
    } finally {
      button.disabled = false;
    }
  }

  async #signIn(session) {
    this.#say("");
    const answer = await this.#post(session, this.#fields());
    if (answer === null) return this.#say(UNREACHABLE);
    if (!answer.ok) return this.#refused(await answer.json().catch(() => ({})));
    const page = await pageFrom(this.screen);
    if (page.status === 0) return this.#say(UNREACHABLE);
    if (!page.document || dataOf(page.document, "queue-key") !== this.key) {
      this.#asks("");
      return this.#say("Another account is signed in now. What the first reader entered stays encrypted for them.");
    }
    session.token = page.document.querySelector('meta[name="csrf-token"]').content;
    return true;
  }

  // The token is fetched for every try: it changes whenever somebody signs in.
  async #post(session, fields) {
    await session.refreshToken();
    const headers = { "X-CSRFToken": session.token, Accept: "application/json" };
    const way = { method: "POST", credentials: "same-origin", headers, body: new URLSearchParams(fields) };
    try {
      return await fetch(session.signIn, way);
    } catch {
      return null;
    }
  }

  // The second step shows the proof of the first, so that the password is neither kept nor sent again.
  #fields() {
    const code = this.form.elements.code.value;
    return this.#proof ? { proof: this.#proof, code } : new FormData(this.form);
  }

  #refused({ error = "Sign-in failed.", proof = "" }) {
    this.form.elements.password.value = this.form.elements.code.value = "";
    this.#asks(proof);
    return this.#say(error);
  }

  // With a proof only the code is required, without one everything again.
  #asks(proof) {
    this.#proof = proof;
    const { email, password, code } = this.form.elements;
    for (const field of [email, password]) field.disabled = field.parentElement.hidden = proof !== "";
    code.disabled = code.parentElement.hidden = proof === "";
    (proof ? code : password).focus();
  }

  #say(text) {
    this.form.querySelector(".refusal").textContent = text;
    return false;
  }
}
