// At what scale films hang: one anatomical scale for all whose pixel spacing is known. Pure.

import { fitZoom, whole } from "./view.js";

const CSS_PIXELS_PER_MM = 96 / 25.4;
const CLOSE_UP = 2;
const CLOSE_UP_WITHOUT_SPACING = 4;

// Views that show every film whole: the smallest fitting scale, in device pixels per mm, serves all with a spacing.
export function wholeViews(hung) {
  const fits = hung.map(({ film, well, orientation }) => fitZoom(film, well, orientation));
  const scales = hung.map(({ film }, k) => (film.spacing_mm ? fits[k] / film.spacing_mm : Infinity));
  const common = Math.min(...scales);
  return hung.map(({ film, orientation }, k) =>
    whole(film, film.spacing_mm ? common * film.spacing_mm : fits[k], orientation),
  );
}

// A view centred on a joint at twice anatomical size; without a spacing at four times the fitting scale.
export function closeView({ film, well, orientation }, [x, y], pixelRatio) {
  const zoom = film.spacing_mm
    ? CLOSE_UP * CSS_PIXELS_PER_MM * pixelRatio * film.spacing_mm
    : CLOSE_UP_WITHOUT_SPACING * fitZoom(film, well, orientation);
  return { x, y, zoom, orientation };
}
