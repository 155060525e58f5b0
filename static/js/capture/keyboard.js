// Keys of the whole page, wherever the focus is, except in text fields and dialogs. Held keys do not score twice.
// After leaving the grid Tab is the browser's, through the grid too, until the next key that does something.

const REPEATABLE = /^(left|right|up|down|closer|farther|brighter|darker|more-contrast|less-contrast|pan-.*|undo|redo)$/;
const BUTTON_KEYS = ["Enter", "Space", "Tab"];

export function attachKeyboard(bindings, commands) {
  let left = false;
  const pressed = (event) => {
    if (event.isComposing || writes(event.target) || document.querySelector("dialog[open]")) return;
    const chord = bindings.chordOf(event);
    const command = bindings.commandOf(chord) ?? (chord.startsWith("Numpad") ? "num-lock" : null);
    if (!command || !commands.has(command)) return;
    if (!bindings.on && !chord.startsWith("Ctrl+")) return;
    if (BUTTON_KEYS.includes(chord) && takesKeys(event.target)) return;
    if (chord === "Tab" && left) return;
    left = command === "leave";
    event.preventDefault();
    if (event.repeat && !REPEATABLE.test(command)) return;
    commands.run(command, { how: "key", held: true });
  };
  const released = (event) => {
    const command = bindings.commandOf(bindings.chordOf(event));
    if (command) commands.release(command);
  };
  document.addEventListener("keydown", pressed);
  document.addEventListener("keyup", released);
  return () => {
    document.removeEventListener("keydown", pressed);
    document.removeEventListener("keyup", released);
  };
}

const writes = (target) => target.matches?.("textarea, input:not([type=radio]), [contenteditable]") ?? false;

// Outside the grid Enter, Space and Tab are the browser's: they press buttons and move the focus.
const takesKeys = (target) => target !== document.body && !target.closest(".grid");
