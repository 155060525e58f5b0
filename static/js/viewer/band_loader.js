// Brings one band of a film, from the cache or the server, and does not give up while there is hope:
// no network is tried again, a signed-out answer waits for the sign-in, a refused band is final.

import { bandEdges } from "./decode.js";

const PAUSES = [500, 1000, 2000, 4000, 8000];

export const levelSize = (film, level) =>
  level === "small"
    ? { columns: Math.ceil(film.columns / 4), rows: Math.ceil(film.rows / 4) }
    : { columns: film.columns, rows: film.rows };

export const bandUrl = (film, level, index) =>
  new URL(film.bands_url.replace("{level}", level).replace("{band}", index), location.href).href;

const keyOf = (film, level, index) => `${film.token}/${level}/${index}`;

export class BandLoader {
  #coming = new Map();
  #begun = new Map();

  // signedOut() resolves when the same reader is signed in again; waiting(true|false) reports the network.
  constructor({ pool, cache, signedOut, waiting }) {
    Object.assign(this, { pool, cache, signedOut, waiting });
  }

  // Brings a band for the first who will ask for it: {levels, top, rows}, or null in vain. `arriving` is a promise of its
  // bytes, not yet verified, or of null; `pool` unpacks it.
  begin(film, level, index, { arriving = null, pool = this.pool } = {}) {
    const begun = { here: false };
    const done = (band) => {
      begun.here = band !== null;
      return band;
    };
    begun.band = this.load(film, level, index, { arriving, pool }).catch(() => null).then(done);
    this.#begun.set(keyOf(film, level, index), begun);
    return begun.band;
  }

  // Whether a band that was begun is here, and nobody has asked for it yet.
  isHere(film, level, index) {
    return this.#begun.get(keyOf(film, level, index))?.here ?? false;
  }

  // {levels, top, rows} of a decoded band; with decode false the band is only kept for later.
  async load(film, level, index, { decode = true, priority = 0, signal = null, arriving = null, pool = this.pool } = {}) {
    const key = keyOf(film, level, index);
    const begun = decode && (await this.#taken(key));
    if (begun) return begun;
    await this.#coming.get(key)?.catch(() => null);
    if (!decode && this.cache.has(key)) return null;
    const coming = this.#bring(film, level, index, key, { decode, priority, signal, arriving, pool });
    this.#coming.set(key, coming);
    try {
      return await coming;
    } finally {
      if (this.#coming.get(key) === coming) this.#coming.delete(key);
    }
  }

  // What was begun is given once; null when nothing was, or in vain.
  async #taken(key) {
    const begun = this.#begun.get(key);
    this.#begun.delete(key);
    return (await begun?.band) ?? null;
  }

  async #bring(film, level, index, key, { decode, priority, signal, arriving, pool }) {
    const { columns, rows } = levelSize(film, level);
    const edges = bandEdges(rows, film.digests[level].length);
    const job = {
      url: bandUrl(film, level, index),
      token: film.token,
      digest: film.digests[level][index],
      rows: edges[index + 1] - edges[index],
      columns,
      decode,
    };
    const { bytes, levels } = await this.#untilAnswered({ ...job, arrived: await arriving }, key, { priority, signal, pool });
    this.cache.put(key, bytes);
    return { levels, top: edges[index], rows: job.rows };
  }

  async #untilAnswered(job, key, options) {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await options.pool.request({ ...job, bytes: this.cache.take(key) }, options);
        this.waiting(false);
        return answer;
      } catch (refusal) {
        job.arrived = null;
        if (options.signal?.aborted) throw refusal;
        if (refusal.status === 401) await this.signedOut();
        else if (refusal.fault === "unreachable" || refusal.status >= 500) await this.#pause(attempt);
        else throw refusal;
      }
    }
  }

  #pause(attempt) {
    this.waiting(true);
    const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)];
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, pause);
      addEventListener("online", done);
    });
  }
}
