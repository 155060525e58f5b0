// What is said of the page as a whole: another tab writes, films cannot be fetched, nothing more can be entered.

const OTHER_TAB = "This case is open in another tab, where values are entered. Here you can only view it.";

export class Notices {
  #locked = false;

  constructor(root) {
    this.root = root;
  }

  show(text) {
    const place = this.root.querySelector(".notice");
    place.textContent = text;
    place.hidden = !text;
  }

  otherTab(takeOver) {
    const place = this.root.querySelector(".tab-lock");
    place.hidden = false;
    place.querySelector("p").textContent = OTHER_TAB;
    place.querySelector("button").onclick = takeOver;
  }

  // Nothing can be entered from now on: said once.
  lock({ grid, pad }, text) {
    if (this.#locked) return;
    this.#locked = true;
    grid.lock();
    pad.lock();
    pad.say(text);
  }
}
