// Window and level (PS3.3 C.11.2.1.2.1, LINEAR) in whole numbers, so that every renderer gives the same greys.
// Levels are held in sixteenths; low2 is twice the lower end of the window, span is its width minus one.

const GREYS = 256;

export function limits({ center, width }) {
  return { low2: Math.round(2 * center) - width, span: width - 1 };
}

// The colour of each of `count` sixteenths of a level, as a canvas stores it. A level at `above` half-sixteenths over
// the window's lower end is shown as (255 above + 16 span) / (32 span), rounded down: half up of the exact value.
// Levels below the window are 0, above it 255; a width of 1 is a step.
export function coloursOf({ low2, span }, invert, colours, count) {
  let from = 0;
  for (let grey = 0; grey < GREYS; grey++) {
    const above = span === 0 ? 1 : Math.max(Math.ceil(((grey + 1) * 32 * span - 16 * span) / 255), 1);
    const end = grey === GREYS - 1 ? count : Math.min(Math.max(Math.ceil((above + 16 * low2) / 2), from), count);
    const shown = invert ? 255 - grey : grey;
    colours.fill(0xff000000 + shown * 0x010101, from, end);
    from = end;
  }
}

// The nearest window that can be shown: center in halves, width whole.
export function settled(center, width) {
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  return {
    center: clamp(Math.round(2 * center) / 2, -65536, 131072),
    width: clamp(Math.round(width), 1, 65536),
  };
}

// A change meant for films of different scales: shift in widths of each film's own window, factor on the present one.
export function changed(window, own, { shift = 0, factor = 1 }) {
  const grown = factor > 1 ? Math.max(window.width * factor, window.width + 1) : window.width * factor;
  return settled(window.center + shift * own.width, grown);
}

export function preset(own, { center, width }) {
  return settled(own.center + center * own.width, own.width * width);
}
