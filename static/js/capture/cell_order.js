// In which order cells are asked for: pure, from the instrument, the drawn timepoints and the charter's entry order.
// Rows of a side are joint by joint, feature by feature within a joint; only the walk over them differs.

export const cellKey = (item, timepoint) => `${item}/${timepoint}`;

const SIDES = { L: "Left", R: "Right" };

export function plan(instrument, timepoints, entryOrder) {
  const features = instrument.features.map(({ key }) => key);
  const regions = regionsOf(instrument.items);
  const passes = entryOrder === "two-pass" ? features.map((feature) => [feature]) : [features];
  for (const region of regions) region.rows = passes.flatMap((pass) => rowsOf(instrument.items, region, pass));
  const walk = entryOrder === "timepoint-major" ? byTimepoint : byJoint;
  const sequence = passes.flatMap((pass) => walk(regions, timepoints, pass));
  const places = new Map(sequence.map((cell, place) => [cellKey(cell.item.key, cell.timepoint), place]));
  return { regions, sequence, places };
}

function regionsOf(items) {
  const found = new Map();
  for (const { side, region } of items) {
    const key = `${side}/${region}`;
    if (!found.has(key)) found.set(key, { key, side, view: region, label: `${SIDES[side]} ${region}` });
  }
  return [...found.values()];
}

function rowsOf(items, { side, view }, pass) {
  const own = items.filter((item) => item.side === side && item.region === view);
  const joints = [...new Set(own.map(({ joint }) => joint))];
  const rank = (item) => joints.indexOf(item.joint) * pass.length + pass.indexOf(item.feature);
  return own.filter(({ feature }) => pass.includes(feature)).sort((a, b) => rank(a) - rank(b));
}

function byJoint(regions, timepoints, pass) {
  return regions.flatMap((region) =>
    chosen(region, pass).flatMap((item) => timepoints.map((timepoint) => ({ item, timepoint, region }))),
  );
}

function byTimepoint(regions, timepoints, pass) {
  return timepoints.flatMap((timepoint) =>
    regions.flatMap((region) => chosen(region, pass).map((item) => ({ item, timepoint, region }))),
  );
}

const chosen = (region, pass) => region.rows.filter(({ feature }) => pass.includes(feature));

export function rangeOf(allowed) {
  const [low, high] = [Math.min(...allowed), Math.max(...allowed)];
  return `Allowed here: ${low}–${high}`;
}
