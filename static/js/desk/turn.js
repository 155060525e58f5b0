// Going to the next film without leaving the page: forms and links marked data-turn are fetched, and the parts that
// belong to one film are replaced. The viewer stays, with the next film already in memory.

import { kept } from "./entries.js";
import { find, notice } from "./page.js";

const PARTS = ["panel", "where", "strip"];
let busy = false;

// refuses(form) returns the reason why a form may not be sent yet; turned() is called after the parts were replaced.
export function attachTurning({ refuses, turned }) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-turn]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const reason = refuses(form);
    if (reason) notice(reason);
    else send(form, event.submitter, turned);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-turn]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.href, {}, turned);
  });
  addEventListener("popstate", () => go(location.href, { back: true }, turned));
}

function send(form, submitter, turned) {
  const body = new FormData(form, submitter);
  return go(form.action, { method: "POST", body, decides: form.id === "accept" }, turned);
}

async function go(address, { back = false, decides = false, ...request }, turned) {
  if (busy) return;
  busy = true;
  try {
    const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" }, ...request });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById("shown-film")) leave(response, page);
    else exchange(response, page, { back, decides }, turned);
  } catch {
    notice("The server cannot be reached. Nothing was saved. Try again in a moment.");
  } finally {
    busy = false;
  }
}

// A refusal is shown on the page of the film; any other page (the list, the sign-in) is opened.
function leave(response, page) {
  const refusal = page.querySelector(".notice");
  if (response.ok) location.assign(response.url);
  else notice(refusal?.textContent.trim() || `The server answered ${response.status}. Reload the page.`);
}

// The response to a decision contains what was entered; the response to any other form does not.
function exchange(response, page, { back, decides }, turned) {
  const putBack = decides ? () => {} : kept();
  for (const id of PARTS) find(`#${id}`).replaceChildren(...document.importNode(page.getElementById(id), true).childNodes);
  document.title = page.title;
  const path = new URL(response.url).pathname;
  const elsewhere = path !== location.pathname && response.ok;
  if (elsewhere && !back) history.pushState(null, "", response.url);
  find("#panel").scrollTop = 0;
  putBack();
  find("#panel").dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // its date field shows the day again
  turned();
}
