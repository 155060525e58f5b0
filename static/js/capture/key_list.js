// The list of keys: shows them, changes them, turns none off by accident: a key that is taken is refused by name.

import { chordOf } from "./bindings.js";
import { GROUPS } from "./words.js";

const SHOWN = { Backquote: "key left of 1", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const shown = (chord) => chord.replace(/(Backquote|Arrow\w+)$/, (name) => SHOWN[name]);
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

  open() {
    this.#draw();
    this.dialog.showModal();
  }

  // The button whose key is changed keeps the focus, so that the next key comes to this dialog.
  #draw(focused = "") {
    const rows = this.dialog.querySelector(".key-rows");
    rows.replaceChildren(...GROUPS.flatMap(([title, words]) => [heading(title), ...this.#rows(words)]));
    rows.querySelector(`[data-for="${focused}"]`)?.focus();
  }

  #rows(words) {
    return Object.entries(words).flatMap(([command, text]) => {
      const name = document.createElement("span");
      name.textContent = text;
      const keys = document.createElement("span");
      for (const chord of this.bindings.keysOf(command)) {
        const key = document.createElement("kbd");
        key.textContent = shown(chord);
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
    this.#say(`Press the key for: ${wordOf(command)}. Escape leaves it as it is.`);
    this.#draw(command);
  }

  #pressed(event) {
    if (!this.#asking || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    const command = this.#asking;
    this.#asking = null;
    const taken = event.key === "Escape" ? "" : this.bindings.assign(command, chordOf(event));
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
