// The pictures that films have in the renderer: made when a film opens, filled band by band, freed when it closes.

export class Gallery {
  #pictures = new Map();

  constructor(renderer) {
    this.renderer = renderer;
  }

  picture(film, level, size) {
    const kept = this.#pictures.get(film.token) ?? {};
    if (kept[level]) this.renderer.dispose(kept[level]);
    this.#pictures.set(film.token, { ...kept, [level]: this.renderer.picture(size) });
  }

  band(film, level, band) {
    this.renderer.upload(this.#pictures.get(film.token)[level], band);
  }

  // What has come so far goes to the gallery of another renderer. From the canvas: it keeps the levels.
  moveTo(other) {
    for (const [token, pictures] of this.#pictures) {
      for (const [level, { columns, rows, levels }] of Object.entries(pictures)) {
        other.picture({ token }, level, { columns, rows });
        if (levels) other.band({ token }, level, { top: 0, rows, levels });
      }
    }
  }

  // The picture to draw a film from, with full-resolution pixels per pixel of it: the small level serves until the
  // full one is complete and wherever a quarter is as sharp as the screen.
  toDraw(film, zoom) {
    const pictures = this.#pictures.get(film.token);
    if (!pictures || (film.state !== "small" && film.state !== "full")) return null;
    const full = film.state === "full" && zoom > 0.25;
    return { picture: full ? pictures.full : pictures.small, scale: full ? 1 : 4 };
  }

  free(film) {
    const pictures = this.#pictures.get(film.token) ?? {};
    for (const picture of Object.values(pictures)) this.renderer.dispose(picture);
    this.#pictures.delete(film.token);
  }

  get films() {
    return [...this.#pictures.keys()];
  }
}
