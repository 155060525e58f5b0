// Fetches, verifies and unpacks one band per message; the page's own thread unpacks only its very first (head_start.js).
// In: {id, url, token, digest, rows, columns, decode} and, when they are here, `bytes` that were verified before or
// those that have `arrived` and were not. Out: {id, bytes, levels} or {id, fault, status, text}.

import { answered, BadBand } from "./decode.js";

self.addEventListener("message", async ({ data }) => {
  try {
    const { bytes, levels } = await answered(data, fetched);
    self.postMessage({ id: data.id, bytes, levels }, levels ? [bytes, levels.buffer] : [bytes]);
  } catch (error) {
    self.postMessage({ id: data.id, ...faultOf(error), text: error.message });
  }
});

async function fetched(url) {
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw Object.assign(new Error(`${response.status} for a film`), { status: response.status });
  return response.arrayBuffer();
}

function faultOf(error) {
  if (error instanceof BadBand) return { fault: "refused", status: 0 };
  if (error.status) return { fault: "answered", status: error.status };
  return { fault: "unreachable", status: 0 };
}
