// How the keys of a binding look on the keyboard in use, as far as the browser says: it knows what each key writes alone.

import { foreign, placesOf } from "./chords.js";

const KNOWN = "Keys are shown as they are on your keyboard. Symbols such as [ are shown as themselves, even if they need AltGr.";
const UNKNOWN = "This browser does not report your keyboard layout, so keys are named by the characters they type.";
const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

// A map from places to what they write, or null where the browser does not say.
export async function readLayout() {
  const map = await navigator.keyboard?.getLayoutMap().catch(() => null);
  return map?.size ? map : null;
}

export const wordsOn = (layout) => (layout ? KNOWN : UNKNOWN);

// The keys of a command, each as text.
export function keysFor(command, bindings, layout) {
  const isBound = (sign) => bindings.commandOf(sign) !== null;
  return bindings.keysOf(command).flatMap((chord) => keysShown(chord, layout, isBound));
}

function keysShown(chord, layout, isBound) {
  const [, held, name] = /^((?:(?:Ctrl|Alt|AltGr|Shift)\+)*)(.+)$/s.exec(chord);
  return baseKeys(name, layout, isBound).map((key) => held + key);
}

function baseKeys(name, layout, isBound) {
  if (NAMES[name]) return [NAMES[name]];
  if (name === "Backquote") return [layout?.get(name) ? `${layout.get(name)} (left of 1)` : "key left of 1"];
  if (!layout || name.length > 1 || [...layout.values()].includes(name.toLowerCase())) return [name];
  if (/\d/.test(name)) return digitKeys(name, layout.get(`Digit${name}`), isBound);
  const places = /[A-Z]/.test(name) ? [`Key${name}`] : placesOf(name);
  const other = places.map((place) => layout.get(place)).find((text) => text && foreign(text));
  return [other ? other.toUpperCase() : name];
}

// Digits written with Shift: the key alone serves too, unless it writes a sign that means something else.
const digitKeys = (digit, alone, isBound) => (alone && !isBound(alone) ? [`Shift+${digit}`, alone] : [`Shift+${digit}`]);
