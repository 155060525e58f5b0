// The same films side by side in cornerstone3D's stack viewports, each in a box of the size the reading screen gives
// it (?panes=[[x, y, width, height], ...]). Times are those of cornerstone's own IMAGE_RENDERED events.

import { Enums, RenderingEngine, init as startCore } from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";

const boxes = JSON.parse(new URLSearchParams(location.search).get("panes"));
const peer = (globalThis.peer = { first: 0, full: 0, fault: "", viewports: [], redraw });

function place([x, y, width, height]) {
  const element = document.createElement("div");
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  document.querySelector("main").append(element);
  return element;
}

const rendered = (element) =>
  new Promise((done) => element.addEventListener(Enums.Events.IMAGE_RENDERED, () => done(performance.now()), { once: true }));

// One change of the window in every viewport, drawn to the last pixel.
async function redraw(low, high) {
  const drawn = peer.viewports.map(({ element }) => rendered(element));
  for (const viewport of peer.viewports) {
    viewport.setProperties({ voiRange: { lower: low, upper: high } });
    viewport.render();
  }
  await Promise.all(drawn);
  for (const { element } of peer.viewports) element.querySelector("canvas").getContext("2d").getImageData(0, 0, 1, 1);
}

async function start() {
  await startCore();
  await startLoader();
  const engine = new RenderingEngine("films");
  const elements = boxes.map(place);
  engine.setViewports(elements.map((element, k) => ({ viewportId: `film-${k}`, type: Enums.ViewportType.STACK, element })));
  peer.viewports = elements.map((_, k) => engine.getViewport(`film-${k}`));
  const times = await Promise.all(
    peer.viewports.map(async (viewport, k) => {
      await viewport.setStack([`wadouri:${new URL(`film-${k}.dcm`, location.href)}`]);
      const drawn = rendered(viewport.element);
      viewport.render();
      const time = await drawn;
      peer.first ||= time;
      return time;
    }),
  );
  peer.full = Math.max(...times);
}

start().catch((error) => (peer.fault = String(error.stack ?? error)));
