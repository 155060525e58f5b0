// The joints of one image. The form fields hold their positions; dragging changes the fields.

export class JointSheet {
  constructor(form, changed) {
    this.changed = changed;
    this.rows = new Map([...form.querySelectorAll("tr[data-joint]")].map((row) => [row.dataset.joint, fieldsOf(row)]));
    this.chosen = null;
    form.addEventListener("input", ({ target }) => {
      const row = target.closest("tr[data-unsure]");
      if (row) checked(row);
      changed();
    });
    form.addEventListener("focusin", ({ target }) => {
      const row = target.closest("tr[data-joint]");
      if (row) this.choose(row.dataset.joint);
    });
  }

  // Every joint that has a place: {joint, name, point, word, unsure}.
  get placed() {
    return [...this.rows]
      .filter(([, { x, y }]) => x.value !== "" && y.value !== "")
      .map(([joint, { row, x, y, word }]) => ({
        joint, name: row.dataset.name, point: [Number(x.value), Number(y.value)], word: word.value, unsure: row.dataset.unsure !== undefined,
      }));
  }

  point(joint) {
    return this.placed.find((one) => one.joint === joint)?.point ?? null;
  }

  place(joint, [px, py], { columns, rows }) {
    const { row, x, y } = this.rows.get(joint);
    checked(row);
    x.value = within(px, columns).toFixed(1);
    y.value = within(py, rows).toFixed(1);
    this.changed();
  }

  fill(joints, film) {
    for (const [joint, point] of Object.entries(joints)) this.place(joint, point, film);
  }

  note(word) {
    if (!this.chosen) return;
    this.rows.get(this.chosen).word.value = word;
    this.changed();
  }

  choose(joint) {
    this.chosen = joint;
    for (const [name, { row }] of this.rows) row.classList.toggle("chosen", name === joint);
    this.rows.get(joint)?.row.scrollIntoView({ block: "nearest" });
    this.changed();
  }

  step(by) {
    const names = [...this.rows.keys()];
    const at = names.indexOf(this.chosen);
    this.choose(names[(at + by + names.length) % names.length]);
  }
}

// A joint that a person has placed is no longer less certain.
function checked(row) {
  delete row.dataset.unsure;
  row.querySelector("th .hint")?.remove();
}

function fieldsOf(row) {
  const [x, y] = row.querySelectorAll("input");
  return { row, x, y, word: row.querySelector("select") };
}

const within = (value, size) => Math.min(Math.max(value, 0), size - 0.1);
