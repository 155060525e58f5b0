// Commands of the page as a whole, and the listeners that carry keys, clicks and addresses to it.

import { attachButtons, press } from "./commands.js";
import { attachKeyboard } from "./keyboard.js";
import { KeyList } from "./key_list.js";
import { ProblemForm } from "./problem_form.js";

const PATIENCE = 3000;

export function addPageCommands(page) {
  const { root, room, commands, cursor, lightbox, panes } = page;
  const keys = new KeyList(root.querySelector(".key-list"), room.bindings);
  const problem = new ProblemForm(root.querySelector(".problem"), { session: room.session, say: (text) => page.say(text) });
  commands.add("help", () => keys.open());
  commands.add("keys", () => {
    room.bindings.turn(!room.bindings.on);
    showKeys(page);
  });
  commands.add("problem", () => {
    const { timepoint, region } = cursor.cell;
    const { letter } = panes.find((pane) => pane.timepoint === timepoint);
    problem.open({ timepoint, letter, region, film: lightbox.film(timepoint, region) });
  });
  commands.add("review", () => leaveFor(page, () => room.go(page.case.urls.review)));
  commands.add("leave", () => {
    if (page.entry.held.waits) page.entry.held.letGo();
    else if (page.entry.awaitingReason) page.entry.cancel();
    else root.querySelector(".tools button").focus();
  });
  showKeys(page);
}

export function listen(page) {
  const { root, room, commands, grid, cursor } = page;
  attachButtons(root, commands);
  grid.onchosen((item, timepoint) => cursor.goTo(item, timepoint));
  // After the mouse the grid has the focus again, so that Enter and Tab go on from the cell.
  root.addEventListener("click", (event) => {
    if (event.detail && event.target.closest(".tools, .bar, .pad, .tabs") && !event.target.closest("form")) grid.focus();
  });
  root.querySelector(".back").addEventListener("click", (event) => {
    event.preventDefault();
    leaveFor(page, () => location.assign(event.target.href));
  });
  const hash = () => {
    const [item, timepoint] = decodeURIComponent(location.hash.slice(1)).split("/");
    cursor.goTo(item, timepoint);
  };
  addEventListener("hashchange", hash);
  const keyboard = attachKeyboard(room.bindings, commands);
  return () => {
    removeEventListener("hashchange", hash);
    keyboard();
  };
}

function showKeys({ root, room }) {
  press(root, "keys", room.bindings.on);
  root.querySelector('[data-command="keys"]').textContent = room.bindings.on ? "Keys on" : "Keys off";
}

// Leaves when the server has everything; when it has not, says what is waiting, and a second try leaves anyway.
async function leaveFor(page, go) {
  const { openRead } = page;
  page.keepTyped();
  const { warning } = page.entry.held;
  if (warning && !page.warned) {
    page.warned = true;
    return page.say(`${warning} Repeat the action to leave without it.`);
  }
  if (!openRead || page.warned || !openRead.lock.held || (await openRead.emptied(PATIENCE))) return go();
  page.warned = true;
  const { waiting } = openRead.queue;
  page.say(`${waiting} not saved yet. They are kept encrypted on this computer. Repeat the action to leave the page.`);
}
