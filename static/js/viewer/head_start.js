// Loaded apart and first: workers start, and the small levels of the first side are on their way, while the rest of
// the room is still being loaded. What is made here lives as long as the tab.

import { BandCache } from "./band_cache.js";
import { BandLoader } from "./band_loader.js";
import { Pool } from "./pool.js";

const MOST_WORKERS = 4;
const workers = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 2), MOST_WORKERS);
const pool = new Pool(document.querySelector("#room").dataset.worker, workers);

// Until the room takes these over, a signed-out answer waits for it.
export const loader = new BandLoader({
  pool,
  cache: new BandCache(),
  signedOut: () => new Promise((done) => addEventListener("room", done, { once: true })),
  waiting: () => {},
});

const { panes = [] } = JSON.parse(document.querySelector("#case").textContent);
for (const { films } of panes) {
  const first = films[0];
  if (first && !first.absent) loader.load(first, "small", 0, { decode: false }).catch(() => null);
}
