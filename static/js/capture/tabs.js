// The sides of the case: which is on the stage, and how many cells of each are filled.

import { make } from "./elements.js";

export class Tabs {
  #buttons = new Map();

  constructor(root, { plan, sheet, cursor }) {
    Object.assign(this, { plan, sheet });
    for (const region of plan.regions) {
      const count = make("span", { class: "count" });
      const button = make("button", { type: "button" }, region.label, count);
      button.addEventListener("click", () => cursor.toSide(region));
      this.#buttons.set(region.key, { button, count });
    }
    root.replaceChildren(...[...this.#buttons.values()].map(({ button }) => button));
    this.cells = Map.groupBy(plan.sequence, ({ region }) => region.key);
    cursor.watch(({ region }) => this.show(region));
    sheet.watch((item, timepoint) => this.#count(plan.sequence[plan.places.get(`${item}/${timepoint}`)]?.region));
    for (const region of plan.regions) this.#count(region);
  }

  show(region) {
    for (const [key, { button }] of this.#buttons) button.setAttribute("aria-pressed", String(key === region.key));
  }

  #count(region) {
    if (!region) return;
    const cells = this.cells.get(region.key);
    const filled = cells.filter(({ item, timepoint }) => this.sheet.filled(item.key, timepoint)).length;
    this.#buttons.get(region.key).count.textContent = `${filled} of ${cells.length}`;
  }
}
