// Which keys do what: delivered bindings, the reader's own over them, and whether single keys work at all (WCAG 2.1.4).
// Kept in this browser; nothing of a read is in it.

import { chordOf } from "./chords.js";

const PLACE = "blindread.keys";

export const DELIVERED = {
  "score-0": ["0", "Backquote"],
  "score-1": ["1"],
  "score-2": ["2"],
  "score-3": ["3"],
  "score-4": ["4"],
  "score-5": ["5"],
  "score-6": ["6"],
  "score-7": ["7"],
  "score-8": ["8"],
  "score-9": ["9"],
  "score-10": ["X"],
  "zero-rest": ["Ctrl+Shift+F"],
  "not-assessable": ["N"],
  next: ["Enter", "Tab"],
  back: ["Backspace"],
  left: ["ArrowLeft"],
  right: ["ArrowRight"],
  up: ["ArrowUp"],
  down: ["ArrowDown"],
  "previous-side": ["[", "PageUp"],
  "next-side": ["]", "PageDown"],
  "next-empty": ["U"],
  flag: ["F"],
  comment: ["C"],
  wording: ["G"],
  undo: ["Ctrl+Z"],
  redo: ["Ctrl+Y", "Ctrl+Shift+Z"],
  review: ["Ctrl+Enter"],
  invert: ["I"],
  "flip-horizontal": ["H"],
  "flip-vertical": ["V"],
  "rotate-right": ["R"],
  "rotate-left": ["L"],
  fit: ["="],
  closer: ["+"],
  farther: ["-"],
  reset: ["Space"],
  "one-to-one": ["P"],
  joint: ["Z"],
  magnifier: ["M"],
  pointer: ["O"],
  link: ["K"],
  brighter: ["Shift+ArrowUp"],
  darker: ["Shift+ArrowDown"],
  "more-contrast": ["Shift+ArrowLeft"],
  "less-contrast": ["Shift+ArrowRight"],
  "pan-left": ["Ctrl+ArrowLeft"],
  "pan-right": ["Ctrl+ArrowRight"],
  "pan-up": ["Ctrl+ArrowUp"],
  "pan-down": ["Ctrl+ArrowDown"],
  help: ["?"],
  leave: ["Escape"],
};

export class Bindings {
  constructor(storage = localStorage) {
    this.storage = storage;
    const { own = {}, on = true } = JSON.parse(storage.getItem(PLACE) ?? "{}");
    this.own = own;
    this.on = on;
  }

  keysOf(command) {
    return this.own[command] ?? DELIVERED[command] ?? [];
  }

  commandOf(chord) {
    return Object.keys(DELIVERED).find((command) => this.keysOf(command).includes(chord)) ?? null;
  }

  // The name of a pressed key, as far as it matters to these bindings.
  chordOf(event) {
    return chordOf(event, (sign) => this.commandOf(sign) !== null);
  }

  // Gives a command one key; "" or the command that has that key already.
  assign(command, chord) {
    const taken = this.commandOf(chord);
    if (taken && taken !== command) return taken;
    this.own[command] = [chord];
    this.#keep();
    return "";
  }

  restore() {
    this.own = {};
    this.#keep();
  }

  turn(on) {
    this.on = on;
    this.#keep();
  }

  #keep() {
    this.storage.setItem(PLACE, JSON.stringify({ own: this.own, on: this.on }));
  }
}
