// How a film is turned on the screen: one of eight 2x2 matrices of -1, 0 and 1, screen = M * image.

export const UPRIGHT = [1, 0, 0, 1];

const STEPS = {
  right: [0, -1, 1, 0],
  left: [0, 1, -1, 0],
  horizontal: [-1, 0, 0, 1],
  vertical: [1, 0, 0, -1],
};

export function turned(orientation, step) {
  const [a, b, c, d] = STEPS[step];
  const [e, f, g, h] = orientation;
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}

export const toScreen = ([a, b, c, d], x, y) => [a * x + b * y, c * x + d * y];
export const toImage = ([a, b, c, d], x, y) => [a * x + c * y, b * x + d * y];
export const sidesSwapped = ([a]) => a === 0;
export const mirrored = ([a, b, c, d]) => a * d - b * c < 0;

// Words for the badge that stays on the film while it does not lie as delivered: mirrored first, then turned right.
export function badge(orientation) {
  const [a, c] = mirrored(orientation) ? [-orientation[0], -orientation[2]] : [orientation[0], orientation[2]];
  const angle = a === 1 ? 0 : c === 1 ? 90 : a === -1 ? 180 : 270;
  const words = [];
  if (mirrored(orientation)) words.push("mirrored");
  if (angle) words.push(`turned ${angle}°`);
  return words.join(", ");
}
