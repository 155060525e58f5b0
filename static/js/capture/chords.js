// The name of a pressed key. What it writes counts, with whatever it takes to write it: a digit, a letter, a sign.
// The place counts where nothing we know is written: a digit key that writes another sign without Shift (French), a
// letter or bracket of another script, a key that an input method keeps to itself.

const BY_PLACE = { BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "=" };
const KEPT = ["Process", "Unidentified"];
// A keypad without Num Lock moves like the arrows; its other keys must not do what the large keys of that name do.
const KEYPAD = /^(PageUp|PageDown|Home|End|Insert|Delete|Clear)$/;

// isBound(sign): some command has this sign, so that a digit key that writes it is not that digit.
export function chordOf(event, isBound = () => false) {
  const { key, code } = event;
  const third = event.getModifierState("AltGraph");
  if ((third || event.altKey) && isSign(key)) return key;
  const digit = digitOf(event, isBound);
  if (digit) return held(event, third, false) + digit;
  if (code.startsWith("Numpad") && KEYPAD.test(key)) return `Numpad${key}`;
  const name = letterOf(event) ?? (isBound(key) ? null : placeOf(event));
  if (!name && isSign(key)) return held(event, false, false) + (foreign(key) ? (BY_PLACE[code] ?? key) : key);
  return held(event, third, event.shiftKey) + (name ?? key);
}

export const isSign = (key) => key.length === 1 && !/[a-z0-9 ]/i.test(key);
export const placesOf = (sign) => Object.keys(BY_PLACE).filter((code) => BY_PLACE[code] === sign);

// A letter of another script than ours.
export const foreign = (key) => /\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key);
const held = ({ ctrlKey, metaKey, altKey }, third, shift) =>
  (ctrlKey || metaKey ? "Ctrl+" : "") + (altKey ? "Alt+" : third ? "AltGr+" : "") + (shift ? "Shift+" : "");

// The digit that is written (wide and raised ones too, as a dead key leaves them), or by place without Shift.
function digitOf({ key, code, shiftKey }, isBound) {
  if (/^\d$/.test(key)) return key;
  const place = /^Digit(\d)$/.exec(code)?.[1];
  if (!place) return null;
  const plain = key.normalize("NFKC");
  if (/^\d$/.test(plain)) return plain;
  return shiftKey || isBound(key) ? null : place;
}

function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const unknown = KEPT.includes(key) || (key.length === 1 && !/[\x20-\x7e]/.test(key));
  return unknown ? (/^Key([A-Z])$/.exec(code)?.[1] ?? null) : null;
}

const placeOf = ({ code }) => (code === "Backquote" || code === "Space" ? code : null);
