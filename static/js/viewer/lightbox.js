// The viewer of one case: the films of one side of all timepoints side by side, and everything done to them.

import { Calliper } from "./calliper.js";
import { CloseUp } from "./close_up.js";
import { Film } from "./film.js";
import { wholeViews } from "./hanging.js";
import { JointPointer } from "./joint_pointer.js";
import { Magnifier } from "./magnifier.js";
import { Pane } from "./pane.js";
import { attachPointer } from "./pointer_input.js";
import { prefetch } from "./prefetch.js";
import { whyNotYet } from "./readiness.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { Tools } from "./tools.js";

const ABSENT = { state: "absent", joints: {} };
const placeOf = ({ side, view }) => `${side}/${view}`;

export class Lightbox {
  #films = new Map();
  #region = null;
  #prefetched = false;

  // looking: "whole" or "joints"; later: film descriptors of the next case; changed() after a film's state changed.
  constructor(root, { panes, looking, loader, prefer, later = [], regions, changed = () => {} }) {
    Object.assign(this, { looking, loader, regions, changed });
    this.panes = [...root.querySelectorAll(".pane")].map((element) => new Pane(element));
    for (const pane of panes) this.#films.set(pane.exposure, this.#filmsOf(pane));
    this.later = later.map((descriptor) => new Film(descriptor, loader));
    const stage = (this.stage = new Stage(root.querySelector(".stage"), this.panes, { prefer }));
    stage.onlaidout = () => this.#refit();
    stage.onreplaced = () => this.#reopen();
    this.tools = new Tools(stage, (chosen) => this.fit(chosen));
    this.closeUp = new CloseUp(stage, (chosen) => this.fit(chosen));
    this.pointer = new JointPointer(stage);
    this.calliper = new Calliper(stage);
    this.magnifier = new Magnifier(stage, this.tools, root.querySelector(".lens"));
    this.strip = new Strip(stage);
    attachPointer(stage, this.tools, { measuring: this.calliper });
    stage.root.classList.toggle("joints", looking === "joints");
  }

  film(exposure, region) {
    return this.#films.get(exposure).get(placeOf(region)) ?? ABSENT;
  }

  show(region) {
    if (this.#region && placeOf(this.#region) === placeOf(region)) return;
    for (const pane of this.panes) this.#takeDown(pane);
    this.#region = region;
    if (this.closeUp.on) this.closeUp.toggle(false);
    for (const pane of this.panes) pane.hang(this.film(pane.exposure, region));
    if (this.#largestSide() > this.stage.renderer.largest) this.stage.fallBack();
    this.strip.hang();
    this.stage.layout();
    for (const pane of this.panes) this.#open(pane.film);
  }

  point(joint, exposure) {
    this.pointer.point(joint, exposure);
    this.closeUp.point(joint);
  }

  // Close to the joint in every pane, or back; "" or why not.
  comeClose(joint) {
    const known = this.panes.some((pane) => pane.display && pane.film.joints?.[joint]);
    if (!known && !this.closeUp.on) return "Where this joint lies is not known on these films.";
    this.closeUp.toggle();
    return "";
  }

  whyNotYet(exposure, region) {
    const pane = this.panes.find((each) => each.exposure === exposure);
    return whyNotYet(this.film(exposure, region), pane.letter);
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

  #filmsOf({ films }) {
    const made = films.map((descriptor) => new Film(descriptor, this.loader, (film) => this.#filmChanged(film)));
    return new Map(made.map((film) => [placeOf(film), film]));
  }

  #largestSide() {
    return Math.max(...this.panes.map(({ film }) => Math.max(film.columns ?? 0, film.rows ?? 0)));
  }

  #open(film) {
    if (film.state === "absent") return;
    const { stage } = this;
    film.open({
      picture: (each, level, size) => stage.gallery.picture(each, level, size),
      band: (each, level, band) => stage.gallery.band(each, level, band),
    });
  }

  #takeDown(pane) {
    if (!pane.film || pane.film === ABSENT) return;
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
    this.changed(film);
    if (this.panes.every((each) => ["full", "absent", "refused"].includes(each.film?.state))) this.#lookAhead();
  }

  #lookAhead() {
    const next = this.regions[this.regions.findIndex((each) => placeOf(each) === placeOf(this.#region)) + 1];
    const groups = next ? [this.panes.map(({ exposure }) => this.film(exposure, next)).filter((film) => film !== ABSENT)] : [];
    if (!this.#prefetched) groups.push(this.later);
    this.#prefetched = true;
    prefetch(groups);
  }
}
