// Below the grid: the cell in question in words, its grades as buttons, reasons, marks, and why something was refused.

import { press } from "./commands.js";
import { make } from "./elements.js";

export class Pad {
  #last = "";

  constructor(root, { instrument, panes, sheet, cursor, chosen }) {
    Object.assign(this, { root, instrument, sheet, cursor });
    this.letters = new Map(panes.map(({ timepoint, letter }) => [timepoint, letter]));
    this.features = new Map(instrument.features.map(({ key, label }) => [key, label]));
    const reasons = root.querySelector(".reasons");
    reasons.replaceChildren(...instrument.reasons.map(({ label }, k) => digit(k + 1, `${k + 1} ${label}`)));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-digit]");
      if (button) chosen(Number(button.dataset.digit));
    });
    cursor.watch(() => this.draw());
    sheet.watch(() => this.#marks());
  }

  draw() {
    const { item, timepoint, region } = this.cursor.cell;
    const feature = this.features.get(item.feature);
    const words = `${region.label}, ${item.label}, ${feature.toLowerCase()}`;
    const cell = this.sheet.cell(item.key, timepoint);
    this.root.querySelector(".asked").textContent = `${this.letters.get(timepoint)} · ${words}${beside(cell)}`;
    const kind = `${item.feature}/${item.region}/${item.allowed}`;
    if (kind !== this.#last) this.#grades(item);
    this.#last = kind;
    this.#marks();
  }

  // A refusal takes the place of what was noted, and the other way round.
  say(text) {
    this.#write(text, "");
  }

  note(text) {
    this.#write("", text);
  }

  #write(refusal, note) {
    this.root.querySelector(".refusal").textContent = refusal;
    this.root.querySelector(".note").textContent = note;
  }

  // Nothing more can be entered: what would enter something goes.
  lock() {
    this.root.classList.add("read-only");
    for (const button of this.root.querySelectorAll("[data-enters]")) button.hidden = true;
  }

  askReason(on) {
    this.root.querySelector(".reasons").hidden = !on;
    this.root.querySelector(".grades").hidden = on;
  }

  toggleWording() {
    const list = this.root.querySelector(".wording");
    list.hidden = !list.hidden;
    press(this.root, "wording", !list.hidden);
  }

  #grades(item) {
    this.root.querySelector(".grades").replaceChildren(...item.allowed.map((value) => digit(value, String(value))));
    const { wording } = this.instrument;
    const own = wording[`${item.feature}/${item.region}`] ?? wording[item.feature] ?? [];
    const texts = own.filter(([value]) => item.allowed.includes(value));
    const lines = texts.flatMap(([value, text]) => [make("dt", {}, String(value)), make("dd", {}, text)]);
    this.root.querySelector(".wording").replaceChildren(...lines);
  }

  #marks() {
    const { item, timepoint } = this.cursor.cell;
    press(this.root, "flag", this.sheet.cell(item.key, timepoint).flag);
  }
}

const digit = (value, text) => make("button", { type: "button", "data-digit": value }, text);
const scoreText = ({ value, reason }) => (reason ? "not assessable" : value);
const beside = (cell) => (cell.reference ? ` · yours ${scoreText(cell)}, reference ${scoreText(cell.reference)}` : "");
