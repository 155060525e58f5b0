// Loaded apart and run as soon as it is here: workers start, and the small levels of the first side, which the page asks
// for by its preload links, are verified and unpacked, while the page is still being laid out and the rest of the room
// is being loaded. What is made here lives as long as the tab.

import { BandCache } from "./band_cache.js";
import { BandLoader, bandUrl } from "./band_loader.js";
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

// Whole when something stands behind it: the page may still be on its way.
if (document.querySelector("#case ~ *")) begin();
else addEventListener("DOMContentLoaded", begin, { once: true });

function begin() {
  const { panes = [] } = JSON.parse(document.querySelector("#case").textContent);
  for (const { films } of panes) {
    const film = films[0];
    if (film && !film.absent) loader.begin(film, "small", 0, arrived(bandUrl(film, "small", 0)));
  }
}

// The bytes; null when they could not be had: the loader then asks again and minds the answer.
async function arrived(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    return response.ok ? await response.arrayBuffer() : null;
  } catch {
    return null;
  }
}
