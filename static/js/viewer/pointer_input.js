// Mouse and touch on the wells: left drag window and level, middle drag pan, right drag zoom, wheel zoom at the
// pointer, double click reset; one finger pans. A measuring or magnifying hand takes the left button first.

const ZOOM_PER_PIXEL = 0.005;
const WHEEL_STEP = 0.0015;
const WINDOW_SPAN = 300;
const ACTIONS = { 0: "window", 1: "pan", 2: "zoom" };

export function attachPointer(stage, tools, { measuring }) {
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
        const [x, y] = at(event);
        const middle = [x - pane.rect.width / 2, y - pane.rect.height / 2];
        tools.zoom(Math.exp(-event.deltaY * WHEEL_STEP), pane, ...middle);
      },
      { passive: false },
    );
    well.addEventListener("pointerdown", (event) => {
      if (!pane.display?.view) return;
      event.preventDefault();
      tools.active = pane;
      well.setPointerCapture(event.pointerId);
      if (event.button === 0 && measuring.begin(pane, at(event))) drag(well, event, (e) => measuring.drag(at(e)));
      else drag(well, event, mover(stage, tools, pane, actionOf(event), at(event)));
    });
  }
}

const actionOf = (event) => (event.pointerType === "touch" ? "pan" : ACTIONS[event.button]);

export function placeIn(well, event, ratio) {
  const box = well.getBoundingClientRect();
  return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
}

function mover(stage, tools, pane, action, [startX, startY]) {
  const middle = [startX - pane.rect.width / 2, startY - pane.rect.height / 2];
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
function drag(well, start, move) {
  let last = start;
  const moved = (event) => {
    if (event.pointerId !== start.pointerId) return;
    move(event, event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
  };
  const ended = (event) => {
    if (event.pointerId !== start.pointerId) return;
    well.removeEventListener("pointermove", moved);
    well.removeEventListener("pointerup", ended);
    well.removeEventListener("pointercancel", ended);
  };
  well.addEventListener("pointermove", moved);
  well.addEventListener("pointerup", ended);
  well.addEventListener("pointercancel", ended);
}
