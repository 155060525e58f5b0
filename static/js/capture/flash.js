// What was entered shows for a moment on its film, so that eyes need not leave it. It comes and goes without fading:
// where the processor draws alone, each frame of a fading costs as much as painting the key's digit did.

const MOMENT = 400;

export class Flash {
  #mark = null;
  #ending = 0;

  constructor(root) {
    this.root = root;
  }

  show(timepoint, { value, reason }) {
    this.#end();
    this.#mark = this.root.querySelector(`.pane[data-timepoint="${timepoint}"] .flash`);
    this.#mark.textContent = reason ? "–" : (value ?? "");
    this.#ending = setTimeout(() => this.#end(), MOMENT);
  }

  #end() {
    clearTimeout(this.#ending);
    if (this.#mark) this.#mark.textContent = "";
  }
}
