// A training read has just been signed, and a worker lays the reference beside it: the page comes again once that is done.

import { dataOf, pageFrom } from "./pages.js";

const [PAUSE, LONGEST] = [1500, 30000];
// Asking is no sign of anybody at work: the session ends as it would have.
const PASSIVE = { headers: { "X-Requested-With": "fetch", "X-Passive": "1" } };

export async function awaitReference(page) {
  await page.furnished;
  if (!page.left) page.say("This read is signed. The reference will appear beside your scores in a moment.");
  for (let pause = PAUSE; !page.left; pause = Math.min(pause * 1.5, LONGEST)) {
    await new Promise((done) => setTimeout(done, pause));
    const { document: found, status } = await pageFrom(location.href, PASSIVE);
    if (status === 404) return;
    if (page.left || !found || dataOf(found, "case").awaits_reference || busy(page)) continue;
    return page.room.go(location.href, { push: false });
  }
}

// The reader is leaving for another page, or writing something that another page would discard.
const busy = ({ room, root }) => room.turn !== null || root.querySelector("dialog[open]") !== null;
