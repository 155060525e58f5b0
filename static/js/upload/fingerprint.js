// Recognises a file again after a lost connection or a closed page: by its name, size, time, beginning and end.
const END = 65536;

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const fingerprint = async (file, path) => {
  const said = new TextEncoder().encode(`${path}\n${file.size}\n${file.lastModified}\n`);
  const ends = new Blob([said, file.slice(0, END), file.slice(Math.max(0, file.size - END))]);
  return hex(await crypto.subtle.digest("SHA-256", await ends.arrayBuffer()));
};
