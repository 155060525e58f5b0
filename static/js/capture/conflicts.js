// Two values for one cell: both are shown, the reader chooses, and the choice is sent as an edit of its own.

import { make } from "./elements.js";

export class Conflicts {
  // may(): this tab is the one that writes, and so decides.
  constructor(root, { queue, sheet, plan, panes, reasons, may, kick }) {
    Object.assign(this, { root, queue, sheet, plan, panes, may, kick });
    this.reasons = new Map(reasons.map(({ code, label }) => [code, label]));
    this.draw();
  }

  draw() {
    const open = this.may() ? this.queue.conflicts : [];
    this.root.hidden = open.length === 0;
    if (open.length) this.root.replaceChildren(...open.map((record) => this.#article(record)));
  }

  #article(record) {
    const { item } = this.plan.sequence[this.plan.places.get(`${record.item}/${record.timepoint}`)];
    const { letter } = this.panes.find(({ timepoint }) => timepoint === record.timepoint);
    const mine = this.sheet.cell(record.item, record.timepoint);
    const article = make("article", {}, make("span", {}, `${letter}, ${item.label}: saved elsewhere in the meantime.`));
    article.append(this.#button(`Keep mine: ${this.#say(mine)}`, () => this.#choose(record, null)));
    article.append(this.#button(`Use the other value: ${this.#say(record.theirs)}`, () => this.#choose(record, record.theirs)));
    return article;
  }

  async #choose(record, theirs) {
    const { item, timepoint } = record;
    this.sheet.settle(item, timepoint);
    if (theirs) {
      const { value, reason } = theirs;
      this.sheet.edit(item, timepoint, { value, reason });
      const { seen_at, change_reason, change_note } = record;
      const context = { seen_at, change_reason, change_note };
      const edit = { kind: "value", timepoint, item, value, reason, entry: "click", dwell_ms: 0, ...context };
      await this.queue.release(record.op_id, { ...edit, captured_at: new Date().toISOString() });
    } else {
      await this.queue.release(record.op_id);
    }
    this.draw();
    this.kick();
  }

  #button(text, action) {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", action);
    return button;
  }

  #say({ value, reason }) {
    if (reason) return `not assessable, ${this.reasons.get(reason) ?? reason}`;
    return value === null ? "empty" : String(value);
  }
}
