// Mouse and touch on the wells: left drag window and level, middle drag pan, right drag zoom, wheel zoom at the
// pointer, double click reset; one finger pans, two pan and zoom. A hand that draws on the film comes first.

import { Fingers } from "./fingers.js";

const ZOOM_PER_PIXEL = 0.005;
const WHEEL_STEP = 0.0015;
const WINDOW_SPAN = 300;
const ACTIONS = { 0: "window", 1: "pan", 2: "zoom" };
const NO_HAND = { begin: () => false, drag: () => {} };

// hand: begin(pane, place) is true when the hand follows the pointer from there; drag(place).
export function attachPointer(stage, tools, hand = NO_HAND) {
  const fingers = new Fingers();
  for (const pane of stage.panes) {
    const well = pane.well;
    const at = (event) => placeIn(well, event, stage.pixelRatio);
    well.addEventListener("contextmenu", (event) => event.preventDefault());
    well.addEventListener("pointerenter", () => (tools.active = pane));
    well.addEventListener("dblclick", () => tools.reset(pane));
    well.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        tools.zoom(Math.exp(-event.deltaY * WHEEL_STEP), pane, ...fromMiddle(pane, at(event)));
      },
      { passive: false },
    );
    well.addEventListener("pointerdown", (event) => {
      if (!pane.display?.view) return;
      event.preventDefault();
      tools.active = pane;
      well.setPointerCapture(event.pointerId);
      if (event.pointerType === "touch") touch(pane, event, at);
      else if (event.button === 0 && hand.begin(pane, at(event))) drag(well, event, (e) => hand.drag(at(e)));
      else drag(well, event, mover(stage, tools, pane, ACTIONS[event.button], at(event)));
    });
  }

  // A second finger takes the first one from the hand.
  function touch(pane, event, at) {
    fingers.put(pane, event);
    const held = fingers.alone && hand.begin(pane, at(event));
    const move = (e) => {
      const change = fingers.moved(e);
      if (held && fingers.alone) hand.drag(at(e));
      else if (change) grasp(stage, tools, change);
    };
    drag(pane.well, event, move, () => fingers.lift(event));
  }
}

const fromMiddle = ({ rect }, [x, y]) => [x - rect.width / 2, y - rect.height / 2];

export function placeIn(well, event, ratio) {
  const box = well.getBoundingClientRect();
  return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
}

function grasp({ pixelRatio }, tools, { pane, by: [dx, dy], around: [clientX, clientY], factor }) {
  tools.pan(dx * pixelRatio, dy * pixelRatio, pane);
  if (factor === 1) return;
  tools.zoom(factor, pane, ...fromMiddle(pane, placeIn(pane.well, { clientX, clientY }, pixelRatio)));
}

function mover(stage, tools, pane, action, start) {
  const middle = fromMiddle(pane, start);
  return (event, dx, dy) => {
    if (action === "pan") tools.pan(dx * stage.pixelRatio, dy * stage.pixelRatio, pane);
    if (action === "zoom") tools.zoom(Math.exp(-dy * ZOOM_PER_PIXEL), pane, ...middle);
    if (action === "window") {
      const grown = pane.display.window.width / pane.film.own.width;
      tools.window({ shift: (dy / WINDOW_SPAN) * grown, factor: Math.exp(dx / WINDOW_SPAN) }, pane);
    }
  };
}

// Follows one pointer until it is let go; moves are given in CSS pixels since the last one.
function drag(well, start, move, end = () => {}) {
  let last = start;
  const moved = (event) => {
    if (event.pointerId !== start.pointerId) return;
    move(event, event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
  };
  const ended = (event) => {
    if (event.pointerId !== start.pointerId) return;
    end();
    well.removeEventListener("pointermove", moved);
    well.removeEventListener("pointerup", ended);
    well.removeEventListener("pointercancel", ended);
  };
  well.addEventListener("pointermove", moved);
  well.addEventListener("pointerup", ended);
  well.addEventListener("pointercancel", ended);
}
