// Sends one file in pieces, starting where an earlier attempt stopped, then has it received. Resolves to the table rows
// with the result (HTML from the server).
import { fingerprint } from "./fingerprint.js";
import { patiently, Refused } from "./patience.js";

const raw = (body) => ({ method: "PUT", body: new Blob([body]), headers: { "Content-Type": "application/octet-stream" } });

export const sendFile = async ({ file, path }, { files, pieceBytes, said }, { signal, progress, waiting }) => {
  if (!file.size) throw new Refused("The file is empty.");
  const ask = (url, options) => patiently(url, options, { signal, waiting });
  const base = `${files}${await fingerprint(file, path)}/`;
  let { received } = await (await ask(base, { method: "GET" })).json();
  progress(received);
  while (received < file.size) {
    const piece = await file.slice(received, received + pieceBytes).arrayBuffer();
    ({ received } = await (await ask(`${base}${received}/`, raw(piece))).json());
    progress(received);
  }
  const answer = await ask(`${base}finish/`, { body: { ...said, name: path, size: file.size } });
  return answer.text();
};
