// One timepoint on the stage: its elements, the film that hangs in it and how that film is shown.
// How a film is shown (view, window, invert) stays with the film, so that it hangs as it was left.

import { settled } from "./levels_window.js";
import { badge, UPRIGHT } from "./orientation.js";
import { ONE_TO_ONE } from "./view.js";

const LEVEL_TEXT = {
  preview: "Preview, full film loading",
  small: "Quarter size, full film loading",
  full: "Full size, verified",
};

export class Pane {
  constructor(element) {
    this.element = element;
    this.timepoint = element.dataset.timepoint;
    this.letter = element.dataset.letter;
    this.well = element.querySelector(".well");
    this.preview = element.querySelector(".preview");
    this.film = null;
    this.rect = { x: 0, y: 0, width: 0, height: 0 };
    this.ratio = devicePixelRatio;
    this.stale = true;
  }

  hang(film) {
    this.film = film;
    this.stale = true;
    if (film.state !== "absent") {
      film.own ??= settled(film.window_center, film.window_width);
      film.display ??= { view: null, fitted: true, window: film.own, invert: false, orientation: UPRIGHT };
    }
    this.preview = hungImage(this.preview, film.preview_url ?? "", film.atHand);
    this.describe();
  }

  get display() {
    return this.film && this.film.state !== "absent" ? this.film.display : null;
  }

  // A view set by hand is no longer fitted: it stays when the window is resized.
  set view(view) {
    Object.assign(this.film.display, { view, orientation: view.orientation, fitted: false, ratio: this.ratio });
    this.stale = true;
  }

  get view() {
    return this.film.display.view;
  }

  // The well's rectangle on a screen of this many pixels per CSS pixel.
  place(rect, ratio) {
    Object.assign(this, { rect, ratio, stale: true });
    const { display } = this;
    if (display?.view && display.ratio !== ratio) Object.assign(display, { view: rescaled(display, ratio), ratio });
  }

  // What changes seldom: level, badge, absence. Called when the film's state or orientation changes.
  describe() {
    const { film, element } = this;
    element.dataset.level = film.state;
    const level = element.querySelector(".level");
    level.textContent = level.title = this.#levelText();
    const words = [badge(film.display?.orientation ?? UPRIGHT), film.display?.invert ? "inverted" : ""];
    const place = element.querySelector(".badge");
    place.textContent = words.filter(Boolean).join(", ");
    place.hidden = !place.textContent;
  }

  #levelText() {
    const { film } = this;
    if (film.state === "absent") return "No film";
    if (film.state === "refused") return `Not shown in full: ${film.fault}`;
    return LEVEL_TEXT[film.state];
  }
}

// A film set on one screen is as large on the next; one to one stays one pixel of the film on one of the screen.
function rescaled({ view, ratio }, next) {
  return view.zoom === ONE_TO_ONE ? view : { ...view, zoom: (view.zoom * next) / ratio };
}

// An image element keeps showing its old picture until the new one has arrived: never another side's film here.
// What came with the page (data-film says which film it is) is not fetched again, and nothing is that is not needed.
export function hungImage(image, url, needless = false) {
  if ((image.dataset.film ?? image.getAttribute("src")) === url) return image;
  const fresh = image.cloneNode();
  delete fresh.dataset.film;
  fresh.hidden = url === "" || needless;
  if (fresh.hidden) fresh.removeAttribute("src");
  else fresh.src = url;
  image.replaceWith(fresh);
  return fresh;
}
