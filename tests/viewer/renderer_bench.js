// Test page: brings one film through the real workers and draws it with the real renderers, then reads the greys back.

import { CanvasRenderer } from "/static/js/viewer/canvas_renderer.js";
import { BandCache } from "/static/js/viewer/band_cache.js";
import { BandLoader, levelSize } from "/static/js/viewer/band_loader.js";
import { Film } from "/static/js/viewer/film.js";
import { Gallery } from "/static/js/viewer/gallery.js";
import { GlRenderer } from "/static/js/viewer/gl_renderer.js";
import { limits } from "/static/js/viewer/levels_window.js";
import { Pool } from "/static/js/viewer/pool.js";
import { sampling } from "/static/js/viewer/sampling.js";

const pool = new Pool("/static/js/viewer/decode_worker.js", 2);
const loader = new BandLoader({ pool, cache: new BandCache(), signedOut: () => new Promise(() => {}), waiting() {} });

async function openFilm(descriptor, renderer) {
  const gallery = new Gallery(renderer);
  const film = new Film(descriptor, loader);
  await film.open({
    picture: (each, level, size) => gallery.picture(each, level, size),
    band: (each, level, band) => gallery.band(each, level, band),
    shown: () => Promise.resolve(),
  });
  return { film, gallery };
}

function greys(renderer, { width, height }) {
  const canvas = renderer.kind === "canvas";
  const data = canvas ? renderer.context.getImageData(0, 0, width, height).data : new Uint8Array(width * height * 4);
  const { gl } = renderer;
  if (gl) gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  const out = new Uint8Array(width * height);
  for (let k = 0; k < out.length; k++) {
    const row = Math.floor(k / width);
    out[k] = data[4 * ((canvas ? row : height - 1 - row) * width + (k % width))];
  }
  return base64(out);
}

function base64(bytes) {
  let text = "";
  for (let k = 0; k < bytes.length; k += 8192) text += String.fromCharCode(...bytes.subarray(k, k + 8192));
  return btoa(text);
}

window.bench = {
  // Greys of each setting {view, window, invert} over a well of the given size.
  async draw(kind, descriptor, well, settings) {
    const renderer = new (kind === "webgl2" ? GlRenderer : CanvasRenderer)(document.createElement("canvas"));
    renderer.resize(well.width, well.height, 10);
    const { film, gallery } = await openFilm(descriptor, renderer);
    if (film.state !== "full") return { state: film.state, fault: film.fault };
    const rect = { x: 0, y: 0, ...well };
    const pictures = settings.map(({ view, window, invert }) => {
      const { picture, scale } = gallery.toDraw(film, view.zoom);
      renderer.clear();
      renderer.resample(picture, rect, rect, sampling(view, rect, scale));
      renderer.show(rect, rect, limits(window), invert);
      return greys(renderer, well);
    });
    renderer.close();
    return { state: film.state, pictures };
  },
  // Every decoded level of a film, small or full, as little-endian bytes.
  async levels(descriptor, level) {
    const size = levelSize(descriptor, level);
    const out = new Uint16Array(size.columns * size.rows);
    for (let k = 0; k < descriptor.digests[level].length; k++) {
      const { levels, top } = await loader.load(descriptor, level, k);
      out.set(levels, top * size.columns);
    }
    return base64(new Uint8Array(out.buffer));
  },
};
document.documentElement.dataset.ready = "yes";
