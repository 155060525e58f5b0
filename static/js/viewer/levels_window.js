// Window and level (PS3.3 C.11.2.1.2.1, LINEAR) in whole numbers, so that every renderer gives the same greys.
// Levels are held in sixteenths; low2 is twice the lower end of the window, span is its width minus one.

export const SIXTEENTHS = 16;
export const NOTHING = 0xffffffff;

export function limits({ center, width }) {
  return { low2: Math.round(2 * center) - width, span: width - 1 };
}

// Rounded half up; levels below the window are 0, above it 255; a width of 1 is a step.
export function grey(sixteenths, low2, span) {
  const above = 2 * sixteenths - SIXTEENTHS * low2;
  if (above <= 0) return 0;
  if (above >= 32 * span) return 255;
  return Math.trunc((255 * above + 16 * span) / (32 * span));
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
