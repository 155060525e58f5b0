// The reading screen of one case: what it is made of, and what happens to it while its read opens, closes or is lost.
// The films come first; the sheet beside them is laid out once the first of them is seen, or after a moment.

import { Lightbox } from "../viewer/lightbox.js";
import { Commands } from "./commands.js";
import { Conflicts } from "./conflicts.js";
import { Cursor } from "./cursor.js";
import { addEntryCommands } from "./entry_commands.js";
import { addFilmCommands } from "./film_commands.js";
import { followCursor } from "./following.js";
import { Notices } from "./notices.js";
import { addPageCommands, listen } from "./page_commands.js";
import { dataOf } from "./pages.js";
import { plan as planOf } from "./cell_order.js";
import { awaitReference } from "./await_reference.js";
import { ScoreSheet } from "./score_sheet.js";
import { buildSheetSide } from "./sheet_side.js";
import { showStatus } from "./status_line.js";

export class ScreenPage {
  #openRead = null;
  #conflicts = null;
  #left = false;

  constructor(root, room) {
    Object.assign(this, { root, room });
    this.notices = new Notices(root);
    this.case = dataOf(root, "case");
    this.instrument = dataOf(root, "instrument");
    this.terms = dataOf(root, "terms");
    this.panes = this.case.panes;
    // Signed timepoints are shown for comparison: nothing is entered there.
    const timepoints = this.panes.filter(({ locked }) => !locked).map(({ timepoint }) => timepoint);
    this.plan = planOf(this.instrument, timepoints, this.terms.entry_order);
    this.sheet = new ScoreSheet(dataOf(root, "values"));
    this.cursor = new Cursor(this.plan, timepoints, this.sheet);
    this.lightbox = new Lightbox(root, {
      panes: this.panes,
      displayMode: this.terms.display_mode,
      loader: room.loader,
      later: dataOf(root, "next-case")?.films.filter(({ absent }) => !absent),
      regions: this.plan.regions,
    });
    this.#placeCursor();
    this.lightbox.show(this.cursor.cell.region);
    this.furnished = this.lightbox.firstPicture().then(() => this.#furnish());
    if (this.case.awaits_reference) awaitReference(this);
  }

  // The read is open: what was left unsaved is on the sheet, entering may begin.
  async attach(openRead) {
    await this.furnished;
    if (this.#left) return;
    this.#openRead = openRead;
    this.#conflicts = new Conflicts(this.root.querySelector(".conflicts"), {
      queue: openRead.queue,
      sheet: this.sheet,
      plan: this.plan,
      panes: this.panes,
      reasons: this.instrument.reasons,
      may: () => openRead.lock.held,
      kick: () => openRead.sender.kick(),
    });
    openRead.attach(this, this.case.progress);
    if (!openRead.lock.held) this.lost();
    this.entry.held.retry();
  }

  get opening() { return !this.case.read_only && !this.#openRead; }

  get openRead() { return this.#openRead; }

  get left() { return this.#left; }

  store(edit, revision) {
    return this.#openRead.store(edit, revision);
  }

  // "" or why nothing can be entered on this page at all.
  closed() {
    if (this.case.read_only) return this.case.read_only;
    if (!this.#openRead) return "One moment: this page is still loading.";
    if (!this.#openRead.lock.held) return "This case is open in another tab, where values are entered.";
    return this.#openRead.sender.state === "stopped" ? this.#openRead.sender.text : "";
  }

  changed() {
    showStatus(this.root.querySelector(".status"), this.#openRead);
    this.#conflicts.draw();
    const { state, text } = this.#openRead.sender;
    if (state === "stopped") this.notices.lock(this, text);
  }

  gained() {
    this.room.go(location.href, { push: false });
  }

  lost() {
    this.#conflicts.draw();
    this.notices.otherTab(() => this.#openRead.takeOver());
  }

  filmsWait(on) {
    this.notices.show(on ? "Films cannot be loaded; retrying." : "");
  }

  say(text) {
    if (this.pad) this.pad.say(text);
    else this.notices.show(text);
  }

  note(text) {
    if (this.pad) this.pad.note(text);
  }

  leave() {
    this.keepTyped();
    this.#left = true;
    this.detach?.();
    this.lightbox.leave();
  }

  // A comment that is being typed is kept before anything leaves the page.
  keepTyped() {
    this.notes?.leave();
  }

  #placeCursor() {
    const [item, timepoint] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (!timepoint || !this.cursor.goTo(item, timepoint)) this.cursor.firstEmpty();
  }

  #furnish() {
    if (this.#left) return;
    const { grid, tabs, map, entry, pad, notes } = buildSheetSide(this);
    Object.assign(this, { grid, tabs, map, entry, pad, notes });
    this.commands = new Commands();
    const { root, lightbox, cursor } = this;
    const say = (text) => this.say(text);
    const note = (text) => this.note(text);
    addFilmCommands(this.commands, { root, lightbox, cursor, say, presets: this.terms.presets ?? [] });
    addEntryCommands(this.commands, { entry, cursor, notes, pad, note, say });
    addPageCommands(this);
    followCursor(this);
    this.detach = listen(this);
    this.cursor.go(this.cursor.place);
    if (this.case.read_only) this.say(this.case.read_only);
  }
}
