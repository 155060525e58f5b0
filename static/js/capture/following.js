// Everything that follows the cell in question: the side on the stage, the joint pointer, the grid, the pane's mark.

import { press } from "./commands.js";

export function followCursor({ root, cursor, lightbox, grid, entry }) {
  let region = null;
  cursor.watch((cell) => {
    if (cell.region !== region) {
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
