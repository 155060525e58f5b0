// The viewer of one case: the films of one side of all timepoints side by side, and everything done to them.

import { CloseUp } from "./close_up.js";
import { FilmShelf } from "./film_shelf.js";
import { wholeViews } from "./hanging.js";
import { JointPointer } from "./joint_pointer.js";
import { Magnifier } from "./magnifier.js";
import { Pane } from "./pane.js";
import { attachPointer } from "./pointer_input.js";
import { isComing, whyNotYet } from "./readiness.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { Tools } from "./tools.js";

const SETTLED = ["full", "absent", "refused"];
const PATIENCE = 500;

export class Lightbox {
  #region = null;
  #pictured = () => {};
  // Set by the owner: a film that has changed has been drawn, or one has been seen whole.
  onready() {}

  // displayMode: "whole" or "joints"; later: film descriptors of the next case.
  constructor(root, { panes, displayMode, loader, later, regions }) {
    this.displayMode = displayMode;
    this.panes = [...root.querySelectorAll(".pane")].map((element) => new Pane(element));
    this.shelf = new FilmShelf({ panes, loader, regions, later, changed: (film) => this.#filmChanged(film) });
    const stage = (this.stage = new Stage(root.querySelector(".stage"), this.panes));
    stage.onlaidout = () => this.#refit();
    stage.onreplaced = () => this.#reopen();
    stage.onseen = () => queueMicrotask(() => this.onready());
    this.closeUp = new CloseUp(stage, (chosen) => this.fit(chosen));
    this.tools = new Tools(stage, { fit: (chosen) => this.fit(chosen), spotOn: (film) => this.closeUp.spotOn(film) });
    this.pointer = new JointPointer(stage);
    this.magnifier = new Magnifier(stage, this.tools, root.querySelector(".lens"));
    this.strip = new Strip(stage);
    attachPointer(stage, this.tools);
    stage.root.classList.toggle("joints", displayMode === "joints");
  }

  film(timepoint, region) {
    return this.shelf.film(timepoint, region);
  }

  show(region) {
    if (this.#region === region) return;
    for (const pane of this.panes) this.#takeDown(pane);
    this.#region = region;
    if (this.closeUp.on) this.closeUp.toggle(false);
    for (const pane of this.panes) pane.hang(this.film(pane.timepoint, region));
    this.strip.hang();
    this.stage.layout();
    for (const pane of this.panes) this.#open(pane.film);
    if (this.displayMode === "joints" && this.panes.every(({ film }) => film.state === "absent" || film.seenWhole)) {
      this.closeUp.toggle(true);
    }
  }

  point(joint, timepoint) {
    this.pointer.point(joint, timepoint);
    this.closeUp.point(joint);
  }

  // Close to the joint in every pane, or back; "" or why not.
  comeClose(joint) {
    const known = this.panes.some((pane) => pane.display && pane.film.joints?.[joint]);
    if (!known && !this.closeUp.on) return "The position of this joint on these films is not known.";
    this.closeUp.toggle();
    return "";
  }

  whyNotYet(timepoint, region) {
    const pane = this.panes.find((each) => each.timepoint === timepoint);
    return whyNotYet(this.film(timepoint, region), pane.letter);
  }

  isComing(timepoint, region) {
    return isComing(this.film(timepoint, region));
  }

  // Resolves when a film of this side has been drawn, or there is none, or it takes long.
  firstPicture() {
    if (this.panes.every(({ film }) => SETTLED.includes(film.state))) return Promise.resolve();
    return new Promise((done) => {
      setTimeout(done, PATIENCE);
      this.#pictured = () => requestAnimationFrame(() => setTimeout(done, 20));
    });
  }

  fit(chosen) {
    const hung = this.panes.filter((pane) => pane.display);
    const views = wholeViews(
      hung.map(({ film, rect, display }) => ({ film, well: rect, orientation: display.orientation })),
    );
    hung.forEach((pane, k) => {
      if (!chosen.includes(pane)) return;
      pane.view = views[k];
      pane.display.fitted = true;
    });
  }

  leave() {
    for (const pane of this.panes) this.#takeDown(pane);
    this.stage.close();
  }

  #open(film) {
    if (film.state === "absent") return;
    const { stage } = this;
    film.open({
      picture: (each, level, size) => stage.gallery.picture(each, level, size),
      band: (each, level, band) => stage.gallery.band(each, level, band),
      shown: () => stage.shown(),
    });
  }

  #takeDown(pane) {
    if (!pane.film || pane.film.state === "absent") return;
    pane.film.close();
    this.stage.gallery.free(pane.film);
  }

  #reopen() {
    for (const pane of this.panes) {
      if (!pane.film || pane.film.state === "absent") continue;
      pane.film.close();
      pane.describe();
      this.#open(pane.film);
    }
  }

  #refit() {
    this.fit(this.panes.filter((pane) => pane.display && (pane.display.fitted || !pane.display.view)));
  }

  #filmChanged(film) {
    const pane = this.panes.find((each) => each.film === film);
    if (!pane) return;
    pane.stale = true;
    pane.describe();
    this.stage.invalidate();
    this.#pictured();
    this.stage.shown().then(() => this.onready());
    if (this.panes.every((each) => SETTLED.includes(each.film?.state))) this.shelf.lookAhead(this.#region);
  }
}
