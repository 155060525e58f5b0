// What the server announced for a band: HMAC-SHA256, under the film's token on this screen, of the band's SHA-256 in hex.
// Without a token, as at the desk, the SHA-256 itself.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

export async function shownDigest(token, buffer) {
  const own = hex(await crypto.subtle.digest("SHA-256", buffer));
  if (token === "") return own;
  const key = await crypto.subtle.importKey("raw", encoder.encode(token), ALGORITHM, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(own)));
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
