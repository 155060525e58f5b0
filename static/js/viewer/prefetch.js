// What a reader will need next is fetched while they look: first the next side of this case, then the next case.
// Bands stay packed in memory, one on its way at a time; small levels come before full ones.

const SMALL = 2;
const FULL = 3;
const LATER = 2;

export async function prefetch(groups) {
  for (const [k, films] of groups.entries()) {
    const late = k * LATER;
    for (const film of films) await film.prefetch("small", SMALL + late);
    for (const film of films) await film.prefetch("full", FULL + late);
  }
}
