// The commands that enter values and move about the grid.

const GRADES = 11;

export function addEntryCommands(commands, { entry, cursor, notes, pad, note, say }) {
  for (let value = 0; value < GRADES; value++) commands.add(`score-${value}`, ({ how }) => entry.score(value, how));
  commands.add("zero-rest", () => entry.zeroRest());
  commands.add("not-assessable", () => entry.notAssessable());
  commands.add("back", ({ how }) => entry.back(how));
  commands.add("undo", ({ how }) => entry.undo(how));
  commands.add("redo", ({ how }) => entry.redo(how));
  commands.add("next", () => cursor.step() || note("This is the last cell."));
  commands.add("next-empty", () => cursor.nextEmpty() || note("No cell is empty."));
  commands.add("left", () => cursor.move(0, -1));
  commands.add("right", () => cursor.move(0, 1));
  commands.add("up", () => cursor.move(-1, 0));
  commands.add("down", () => cursor.move(1, 0));
  commands.add("previous-side", () => cursor.side(-1));
  commands.add("next-side", () => cursor.side(1));
  commands.add("num-lock", () => say("Num Lock is off: the keypad does not type digits."));
  commands.add("flag", () => notes.flag());
  commands.add("comment", () => notes.comment());
  commands.add("wording", () => pad.toggleWording());
}
