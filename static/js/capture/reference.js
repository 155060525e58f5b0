// A training read has just been signed, and a worker lays the reference beside it: the page comes again once that is done.

import { dataOf, pageFrom } from "./pages.js";

const PAUSE = 1500;
// Asking is no sign of anybody at work: the session ends as it would have.
const PASSIVE = { headers: { "X-Requested-With": "fetch", "X-Passive": "1" } };

export async function awaitReference(page) {
  await page.furnished;
  if (!page.left) page.say("This read is signed. The reference is being laid beside your scores: one moment.");
  while (!page.left) {
    await new Promise((done) => setTimeout(done, PAUSE));
    const { document: found } = await pageFrom(location.href, PASSIVE);
    if (page.left || !found || dataOf(found, "case").awaits_reference) continue;
    return page.house.go(location.href, { push: false });
  }
}
