// The films of a case by timepoint and side, and which of them will be wanted next.

import { Film } from "./film.js";
import { prefetch } from "./prefetch.js";

const ABSENT = { state: "absent", joints: {} };
const placeOf = ({ side, view }) => `${side}/${view}`;

export class FilmShelf {
  #films = new Map();
  #later;

  // later: film descriptors of the next case; changed(film) after a film's state has changed.
  constructor({ panes, loader, regions, later = [], changed }) {
    this.regions = regions;
    for (const { timepoint, films } of panes) {
      const made = films.map((descriptor) => new Film(descriptor, loader, changed));
      this.#films.set(timepoint, new Map(made.map((film) => [placeOf(film), film])));
    }
    this.#later = later.map((descriptor) => new Film(descriptor, loader));
  }

  film(timepoint, region) {
    return this.#films.get(timepoint).get(placeOf(region)) ?? ABSENT;
  }

  side(region) {
    return [...this.#films.keys()].map((timepoint) => this.film(timepoint, region));
  }

  // While a side is read, the next side is brought, and once, after that, the beginning of the next case: packed, and
  // its small levels unpacked too.
  async lookAhead(region) {
    const next = this.regions[this.regions.findIndex((each) => placeOf(each) === placeOf(region)) + 1];
    const later = this.#later;
    this.#later = [];
    await prefetch([next ? this.side(next).filter((film) => film !== ABSENT) : [], later]);
    for (const film of later) film.makeReady();
  }
}
