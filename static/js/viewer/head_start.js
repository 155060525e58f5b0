// Loaded apart and run as soon as it is here: the small levels of the first side, which the page asks for by its preload
// links, are verified and unpacked while the page is still being laid out and the rest of the room is being loaded.
// What is made here lives as long as the tab.

import { BandCache } from "./band_cache.js";
import { BandLoader, bandUrl } from "./band_loader.js";
import { answered } from "./decode.js";
import { Pool } from "./pool.js";

const MOST_WORKERS = 4;
const workers = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 2), MOST_WORKERS);
const pool = new Pool(document.querySelector("script[data-worker]").dataset.worker, workers);

// Until the room takes these over, a signed-out answer waits for it.
export const loader = new BandLoader({
  pool,
  cache: new BandCache(),
  signedOut: () => new Promise((done) => addEventListener("room", done, { once: true })),
  waiting: () => {},
});

// The first film is unpacked on this thread, before a worker could have started; the others wait for it a moment, so that
// it need not share the processors with workers.
const here = { request: (job, options) => (job.arrived ? answered(job) : pool.request(job, options)) };
const MOMENT = 300;

// Complete when an element follows it: the rest of the page may not have arrived.
if (document.querySelector("#case ~ *")) start();
else addEventListener("DOMContentLoaded", start, { once: true });

function start() {
  const { panes = [] } = JSON.parse(document.querySelector("#case").textContent);
  const films = panes.map(({ films }) => films[0]).filter((film) => film && !film.absent);
  let first = null;
  for (const film of films) {
    const bytes = arrived(bandUrl(film, "small", 0));
    if (first) loader.begin(film, "small", 0, { arriving: first.then(() => bytes) });
    else first = sooner(loader.begin(film, "small", 0, { arriving: bytes, pool: here }));
  }
}

function sooner(promise) {
  return Promise.race([promise, new Promise((done) => setTimeout(done, MOMENT))]);
}

// The bytes; null when they could not be loaded: the loader then asks again and reads the answer.
async function arrived(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    return response.ok ? await response.arrayBuffer() : null;
  } catch {
    return null;
  }
}
