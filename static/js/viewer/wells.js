// Where the wells of the panes are on the stage, in device pixels from its top left.

export function measured(root, panes, ratio) {
  const origin = root.getBoundingClientRect();
  const width = Math.max(Math.round(origin.width * ratio), 1);
  const height = Math.max(Math.round(origin.height * ratio), 1);
  const rects = panes.map((pane) => {
    const box = pane.well.getBoundingClientRect();
    const [x, y] = [Math.round((box.left - origin.left) * ratio), Math.round((box.top - origin.top) * ratio)];
    const right = Math.round((box.right - origin.left) * ratio);
    const bottom = Math.round((box.bottom - origin.top) * ratio);
    return { x, y, width: Math.min(right, width) - x, height: Math.min(bottom, height) - y };
  });
  return { width, height, rects };
}
