// May a value be entered for this film? The answer is "" or the reason why not, in words for the reader.

// Scoring only waits for the film: it comes by itself, or is there and has not been seen whole.
export function isComing({ state, seenWhole }) {
  if (!globalThis.crypto?.subtle) return false;
  return state === "preview" || state === "small" || (state === "full" && !seenWhole);
}

export function whyNotYet(film, letter) {
  if (!globalThis.crypto?.subtle) {
    return "Films cannot be verified on an address that is neither https nor localhost: nothing can be scored here.";
  }
  if (film.state === "refused") return `Film ${letter} does not match the server's record: report it. It cannot be scored.`;
  if (film.state !== "full") return `Film ${letter} has not loaded at full size yet.`;
  if (!film.seenWhole) return `Film ${letter} has not been shown whole yet: press = or Fit.`;
  return "";
}
