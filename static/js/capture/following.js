// Everything that follows the cell in question: the side on the stage, the joint pointer, the grid, the pane's mark.
// A side that changes is named for a moment, for eyes on the films and for ears: it may change by itself.

import { press } from "./commands.js";

const MOMENT = 1000;

export function followCursor({ root, cursor, lightbox, grid, entry }) {
  const named = root.querySelector(".side-named");
  let region = null;
  let ending = 0;
  const name = ({ label }) => {
    clearTimeout(ending);
    named.textContent = label;
    ending = setTimeout(() => (named.textContent = ""), MOMENT);
  };
  cursor.watch((cell) => {
    if (cell.region !== region) {
      if (region) name(cell.region);
      region = cell.region;
      lightbox.show(region);
      grid.show(region);
      press(root, "joint", lightbox.closeUp.on);
    }
    entry.cancel();
    lightbox.point(cell.item.joint, cell.timepoint);
    for (const pane of lightbox.panes) pane.element.classList.toggle("asked", pane.timepoint === cell.timepoint);
    grid.point(cell.item.key, cell.timepoint); // last: focus needs the layout, which is then done once
  });
}
