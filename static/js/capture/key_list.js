// The list of keys: shows them, changes them, turns none off by accident: a key that is taken is refused by name.

import { keysFor, readLayout, wordsOn } from "./keyboard_layout.js";
import { GROUPS } from "./words.js";

const HELD = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock"];
const NAMELESS = ["Dead", "Process", "Unidentified"];
const wordOf = (command) => GROUPS.map(([, words]) => words[command]).find(Boolean);

export class KeyList {
  #asking = null;

  constructor(dialog, bindings) {
    Object.assign(this, { dialog, bindings });
    dialog.querySelector("[data-defaults]").addEventListener("click", () => {
      bindings.restore();
      this.#draw();
    });
    dialog.addEventListener("keydown", (event) => this.#pressed(event));
    dialog.addEventListener("close", () => (this.#asking = null));
  }

  // The keyboard may have been changed since the list was last open.
  async open() {
    this.layout = await readLayout();
    this.#draw();
    this.dialog.showModal();
  }

  // The button whose key is changed keeps the focus, so that the next key comes to this dialog.
  #draw(focused = "") {
    this.dialog.querySelector(".layout").textContent = wordsOn(this.layout);
    const rows = this.dialog.querySelector(".key-rows");
    rows.replaceChildren(...GROUPS.flatMap(([title, words]) => [heading(title), ...this.#rows(words)]));
    rows.querySelector(`[data-for="${focused}"]`)?.focus();
  }

  #rows(words) {
    return Object.entries(words).flatMap(([command, text]) => {
      const name = document.createElement("span");
      name.textContent = text;
      const keys = document.createElement("span");
      for (const text of keysFor(command, this.bindings, this.layout)) {
        const key = document.createElement("kbd");
        key.textContent = text;
        keys.append(key, " ");
      }
      const change = document.createElement("button");
      change.type = "button";
      change.dataset.for = command;
      change.textContent = this.#asking === command ? "Press a key" : "Change";
      change.setAttribute("aria-label", `Change the key for: ${text}`);
      change.addEventListener("click", () => this.#ask(command));
      return [name, keys, change];
    });
  }

  #ask(command) {
    this.#asking = command;
    this.#say(`Press the new key for: ${wordOf(command)}. Escape cancels.`);
    this.#draw(command);
  }

  #pressed(event) {
    if (!this.#asking || HELD.includes(event.key)) return;
    event.preventDefault();
    if (NAMELESS.includes(event.key)) return this.#say("That key types nothing by itself. Choose another, or press Escape.");
    const command = this.#asking;
    this.#asking = null;
    const taken = event.key === "Escape" ? "" : this.bindings.assign(command, this.bindings.chordOf(event));
    this.#say(taken ? `That key is taken: ${wordOf(taken)}.` : "");
    this.#draw(command);
  }

  #say(text) {
    this.dialog.querySelector(".refusal").textContent = text;
  }
}

function heading(text) {
  const element = document.createElement("h3");
  element.textContent = text;
  return element;
}
