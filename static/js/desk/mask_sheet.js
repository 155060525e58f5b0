// The masks and cuts of one film. The form fields hold them; drawing changes the fields.

import { halves, parse, print } from "./boxes.js";

export class MaskSheet {
  // changed() is called after each change.
  constructor(form, changed) {
    this.fields = {
      boxes: form.elements.rectangles,
      L: form.elements.crop_l,
      R: form.elements.crop_r,
    };
    this.changed = changed;
    this.chosen = null;
    this.sent = this.text;
    this.suggested = null;
    for (const field of Object.values(this.fields)) field.addEventListener("input", () => changed());
  }

  get text() {
    return Object.values(this.fields)
      .map((field) => field.value.trim())
      .join("|");
  }

  // Drawn or typed, but not yet sent to the second person; suggestions alone do not count as unsent.
  get unsent() {
    return this.text !== this.sent && this.text !== this.suggested;
  }

  // Starts with the suggested boxes if nothing has been drawn yet.
  suggest(boxes) {
    if (this.text !== "||" || !boxes.length) return;
    this.fields.boxes.value = print(boxes);
    this.suggested = this.text;
    this.changed();
  }

  get boxes() {
    return parse(this.fields.boxes.value);
  }

  get cut() {
    const [L, R] = [parse(this.fields.L.value)[0], parse(this.fields.R.value)[0]];
    return L && R ? { L, R } : null;
  }

  // Every box with its name: a number for a mask, L or R for a part.
  get all() {
    return [...this.boxes.entries(), ...Object.entries(this.cut ?? {})].map(([name, box]) => ({ name, box }));
  }

  box(name) {
    return this.all.find((one) => one.name === name)?.box ?? null;
  }

  set(name, box) {
    if (name === "L" || name === "R") this.fields[name].value = box.join(", ");
    else {
      const boxes = this.boxes;
      boxes[name] = box;
      this.fields.boxes.value = print(boxes);
    }
    this.choose(name);
  }

  add(box) {
    this.set(this.boxes.length, box);
  }

  choose(name) {
    this.chosen = name;
    this.changed();
  }

  next() {
    const names = this.all.map((one) => one.name);
    this.choose(names[(names.indexOf(this.chosen) + 1) % names.length] ?? null);
  }

  away() {
    if (this.chosen === "L" || this.chosen === "R") this.#mend();
    else if (this.chosen !== null) this.fields.boxes.value = print(this.boxes.filter((_, k) => k !== this.chosen));
    this.choose(null);
  }

  toggleCut(film) {
    if (this.cut) {
      this.#mend();
      return this.choose(null);
    }
    for (const [side, box] of Object.entries(halves(film))) this.fields[side].value = box.join(", ");
    return this.choose("L");
  }

  swap() {
    const { L, R } = this.fields;
    [L.value, R.value] = [R.value, L.value];
    this.changed();
  }

  #mend() {
    this.fields.L.value = this.fields.R.value = "";
  }
}
