// Fingers on the films of a stage: one moves a film; two move and zoom it so that each stays on its place of the film,
// also when the second rests on a neighbouring film. A third does nothing.

const MOST = 2;
const LEAST_SPREAD = 10;

export class Fingers {
  #places = new Map();
  #pane = null;
  alone = true;

  put(pane, { pointerId, clientX, clientY }) {
    this.alone = this.#places.size === 0;
    if (this.alone) this.#pane = pane;
    if (this.#places.size < MOST) this.#places.set(pointerId, [clientX, clientY]);
  }

  lift({ pointerId }) {
    this.#places.delete(pointerId);
  }

  // What the move of a finger does to the film first touched, in CSS pixels: null for a third finger.
  moved({ pointerId, clientX, clientY }) {
    if (!this.#places.has(pointerId)) return null;
    const before = grip([...this.#places.values()]);
    this.#places.set(pointerId, [clientX, clientY]);
    const after = grip([...this.#places.values()]);
    const by = [after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]];
    return { pane: this.#pane, by, around: after.middle, factor: after.spread / before.spread };
  }
}

function grip(places) {
  const [[x1, y1], [x2, y2]] = [places[0], places.at(-1)];
  return { middle: [(x1 + x2) / 2, (y1 + y2) / 2], spread: Math.max(Math.hypot(x2 - x1, y2 - y1), LEAST_SPREAD) };
}
