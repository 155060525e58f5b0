// Commands of the page as a whole, and the listeners that carry keys, clicks and addresses to it.

import { attachButtons, press } from "./commands.js";
import { attachKeyboard } from "./keyboard.js";
import { KeyList } from "./key_list.js";
import { ProblemForm } from "./problem_form.js";

const PATIENCE = 3000;

export function addPageCommands(page) {
  const { root, house, commands, cursor, lightbox, panes } = page;
  const keys = new KeyList(root.querySelector(".key-list"), house.bindings);
  const problem = new ProblemForm(root.querySelector(".problem"), { session: house.session, say: (text) => page.say(text) });
  commands.add("help", () => keys.open());
  commands.add("keys", () => {
    house.bindings.turn(!house.bindings.on);
    showKeys(page);
  });
  commands.add("problem", () => {
    const { timepoint, region } = cursor.cell;
    const { letter } = panes.find((pane) => pane.timepoint === timepoint);
    problem.open({ timepoint, letter, region, film: lightbox.film(timepoint, region) });
  });
  commands.add("review", () => leaveFor(page, () => house.go(page.case.urls.review)));
  commands.add("leave", () => {
    if (page.entry.awaitingReason) page.entry.cancel();
    else root.querySelector(".tools button").focus();
  });
  showKeys(page);
}

export function listen(page) {
  const { root, house, commands, grid, cursor } = page;
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
  const keyboard = attachKeyboard(house.bindings, commands);
  return () => {
    removeEventListener("hashchange", hash);
    keyboard();
  };
}

function showKeys({ root, house }) {
  press(root, "keys", house.bindings.on);
  root.querySelector('[data-command="keys"]').textContent = house.bindings.on ? "Keys on" : "Keys off";
}

// Leaves when the server has everything; when it has not, says what waits, and a second try leaves all the same.
async function leaveFor(page, go) {
  const { desk } = page;
  if (!desk || page.warned || !desk.lock.held || (await desk.emptied(PATIENCE))) return go();
  page.warned = true;
  page.say(`${desk.queue.waiting} not saved yet; they wait, sealed, on this computer. Once more leaves the page all the same.`);
}
