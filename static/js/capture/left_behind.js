// The worklist sends what a crash has left on this computer, so that nobody has to open that case again for it.
// A case that is open in another tab is that tab's to send.

import { OpenRead } from "./open_read.js";
import { dataOf } from "./pages.js";
import { ScoreSheet } from "./score_sheet.js";
import { SealedStore } from "./sealed_store.js";
import { Session } from "./session.js";

const line = document.querySelector("[data-left-behind]");
const session = new Session(document.querySelector('meta[name="csrf-token"]'));
session.overlay = { open: () => new Promise(() => {}) }; // the room asks for the sign-in; until then nothing is sent

const left = await SealedStore.reads().catch(() => new Set());
for (const entry of dataOf(document, "queues") ?? []) if (left.has(entry.token)) await send(entry);

async function send({ token, key, label, urls }) {
  const openRead = await OpenRead.open(token, key, { urls, session });
  if (!openRead.lock.held) return openRead.close();
  return new Promise((done) => {
    const changed = () => {
      const { waiting, conflicts, refused, sealed } = openRead.queue;
      const stuck = conflicts.length + refused.length + sealed || openRead.sender.state === "stopped";
      say(label, waiting, stuck);
      if (waiting && !stuck) return;
      openRead.close();
      done();
    };
    openRead.attach({ sheet: new ScoreSheet({}), changed, gained() {}, lost() {} }, { saved_count: 0, expected_count: 0 });
  });
}

function say(label, waiting, stuck) {
  line.hidden = false;
  const earlier = `${waiting} earlier ${waiting === 1 ? "entry" : "entries"}`;
  if (stuck) line.textContent = `${label}: ${earlier} on this computer cannot be saved from here. Open the case.`;
  else if (waiting) line.textContent = `${label}: ${earlier} ${waiting === 1 ? "is" : "are"} being saved.`;
  else line.textContent = `${label}: all earlier entries on this computer are saved.`;
}
