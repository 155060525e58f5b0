// SHA-256 over the film's token and a band, in hex: what the server announced for this film on this screen.
// The browser can only hash what is in one piece, so the two are copied side by side into one buffer that is used again.

let place = new Uint8Array(0);

export async function shownDigest(token, buffer) {
  const prefix = new TextEncoder().encode(token);
  const length = prefix.length + buffer.byteLength;
  // Taken while it is in use: two bands may be hashed at once.
  const joined = place.length < length ? new Uint8Array(length) : place;
  place = new Uint8Array(0);
  joined.set(prefix);
  joined.set(new Uint8Array(buffer), prefix.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", joined.subarray(0, length)));
  place = joined;
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
