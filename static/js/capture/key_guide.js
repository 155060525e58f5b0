// The reading guide shows the keys of the reader's own keyboard, with those that the reader has changed. A browser
// knows what each key types alone; what takes Shift or AltGr is in the table of common keyboards.

import { Bindings } from "./bindings.js";
import { make } from "./elements.js";
import { keysFor, readLayout, wordsOn } from "./keyboard_layout.js";
import { GROUPS } from "./words.js";

const bindings = new Bindings();
const layout = await readLayout();
document.querySelector("[data-layout]").textContent = wordsOn(layout);
document.querySelector("[data-keys-of-reading]").replaceChildren(...GROUPS.map(group));

function group([title, words]) {
  const rows = Object.entries(words).flatMap(([command, text]) => [make("dt", {}, ...caps(command)), make("dd", {}, text)]);
  return make("section", {}, make("h3", {}, title), make("dl", { class: "keys" }, ...rows));
}

function caps(command) {
  return keysFor(command, bindings, layout).flatMap((text) => [make("kbd", {}, text), " "]);
}
