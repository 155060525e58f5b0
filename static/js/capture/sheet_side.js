// The right-hand side of the screen: tabs, map, grid, pad, notes, and the entry they all serve.

import { ChangeReason } from "./change_reason.js";
import { Entry } from "./entry.js";
import { Flash } from "./flash.js";
import { Grid } from "./grid.js";
import { Notes } from "./notes.js";
import { Pad } from "./pad.js";
import { Putting } from "./putting.js";
import { RowFill } from "./row_fill.js";
import { SiteMap } from "./joint_progress.js";
import { Tabs } from "./tabs.js";

export function buildSheetSide(page) {
  const { root, plan, panes, sheet, cursor, instrument, terms, lightbox } = page;
  const find = (selector) => root.querySelector(selector);
  const store = (edit, revision) => page.store(edit, revision);
  const say = (text) => page.say(text);
  const note = (text) => page.note(text);
  const letters = new Map(panes.map(({ timepoint, letter }) => [timepoint, letter]));
  const grid = new Grid(find(".grids"), { plan, panes, instrument, sheet, queried: page.case.queried });
  const tabs = new Tabs(find(".tabs"), { plan, sheet, cursor });
  const flash = new Flash(root);
  const map = new SiteMap(find(".map"), { plan, timepoints: cursor.timepoints, sheet, cursor });
  const nameOf = ({ item, timepoint }) => `${letters.get(timepoint)}, ${item.label}`;
  const entry = new Entry({
    sheet,
    cursor,
    instrument,
    terms,
    say,
    note,
    nameOf,
    putting: new Putting({
      sheet, cursor, store,
      seenAt: (timepoint, region) => lightbox.film(timepoint, region).seenWhole,
      flash: (timepoint, value) => flash.show(timepoint, value),
    }),
    changeReason: new ChangeReason(find(".change-reason"), { asked: page.case.signed_before, room: page.room, nameOf, say }),
    rowFill: new RowFill(find(".row-fill"), { letters, cursor, sheet, room: page.room }),
    coming: (timepoint, region) => page.opening || (!page.closed() && lightbox.isComing(timepoint, region)),
    whyNot: (timepoint, region) => page.closed() || lightbox.whyNotYet(timepoint, region),
    refused: (item, timepoint) => grid.refuse(item, timepoint),
    asking: (on) => pad.askReason(on),
  });
  const chosen = (digit) => entry.score(digit, "click");
  const pad = new Pad(find(".pad"), { instrument, panes, sheet, cursor, chosen });
  const focus = () => grid.focus();
  lightbox.onready = () => entry.held.retry();
  const notes = new Notes(find("form.comment"), {
    sheet,
    cursor,
    store,
    focus,
    say,
    history: entry.history,
    closed: () => page.closed(),
  });
  return { grid, tabs, map, entry, pad, notes };
}
