// Runs before the rest of the room: workers start, and the small levels of the first side, which the page has asked for
// while it was being read (its preload links), are taken up. What is made here lives as long as the tab.

import { BandCache } from "./band_cache.js";
import { BandLoader, bandUrl } from "./band_loader.js";
import { Pool } from "./pool.js";

const MOST_WORKERS = 4;
const workers = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 2), MOST_WORKERS);
const pool = new Pool(document.querySelector("#room").dataset.worker, workers);

const { panes = [] } = JSON.parse(document.querySelector("#case").textContent);
const first = panes.map(({ films }) => films[0]).filter((film) => film && !film.absent);

// Until the room takes these over, a signed-out answer waits for it.
export const loader = new BandLoader({
  pool,
  cache: new BandCache(),
  early: new Map(first.map((film) => [bandUrl(film, "small", 0), arrived(bandUrl(film, "small", 0))])),
  signedOut: () => new Promise((done) => addEventListener("room", done, { once: true })),
  waiting: () => {},
});

// The bytes, not yet verified; null when they could not be had: the loader then asks again and minds the answer.
async function arrived(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    return response.ok ? await response.arrayBuffer() : null;
  } catch {
    return null;
  }
}
