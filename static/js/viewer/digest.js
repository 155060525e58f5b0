// SHA-256 over the film's token and a band, in hex: what the server announced for this film on this screen.

export async function shownDigest(token, buffer) {
  const prefix = new TextEncoder().encode(token);
  const joined = new Uint8Array(prefix.length + buffer.byteLength);
  joined.set(prefix);
  joined.set(new Uint8Array(buffer), prefix.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
