// 0 in the still empty cells of a row: asked once per sitting, and what was filled is said each time.

export class RowFill {
  // letters: timepoint -> letter. The answer holds from case to case, until the reader leaves the room: who comes to this
  // tab next is asked again.
  constructor(dialog, { letters, cursor, sheet, room }) {
    Object.assign(this, { dialog, letters, cursor, sheet, room });
  }

  // The cells of this one's row that have nothing yet.
  empty({ item, region }) {
    const open = this.cursor.timepoints.filter((timepoint) => !this.sheet.filled(item.key, timepoint));
    return open.map((timepoint) => ({ item, timepoint, region }));
  }

  // Runs fill() now or once the reader has agreed.
  ask(cells, fill) {
    if (this.room.fillsRows) return fill();
    this.dialog.querySelector(".which").textContent = `0 is entered for ${this.#named(cells)}.`;
    this.dialog.querySelector("form").onsubmit = (event) => {
      if (event.submitter.value !== "fill") return;
      this.room.fillsRows = true;
      this.dialog.close();
      fill();
    };
    this.dialog.showModal();
  }

  summary(cells) {
    return `0 was entered for ${this.#named(cells)}. Undo takes it back.`;
  }

  #named(cells) {
    const letters = cells.map(({ timepoint }) => this.letters.get(timepoint));
    return `${cells[0].item.label} at ${new Intl.ListFormat("en-GB").format(letters)}`;
  }
}
