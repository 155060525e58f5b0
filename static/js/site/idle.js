// After the idle time the page asks the server whether the session is still active, without extending it; if not, a
// dialog signs the same person in over the page, so that no input is lost. "site:signed-in" informs others.
import { renew } from "./csrf.js";

const dialog = document.getElementById("sign-over-dialog");
const LAST = "blindread.last-request";
let proof = "";

const idleFor = () => (Date.now() - Number(localStorage.getItem(LAST) ?? 0)) / 60000;
const busy = () => localStorage.setItem(LAST, String(Date.now()));

const part = (name) => dialog.querySelector(`[data-sign-over-${name}]`);
const say = (text) => {
  part("error").textContent = text;
  part("error").hidden = !text;
};

const state = async () =>
  (await fetch(dialog.dataset.url, { headers: { Accept: "application/json", "X-Passive": "1" } })).json();

export const checkSession = async () => {
  const { csrf, signed_in: signedIn } = await state();
  if (signedIn || dialog.open) return signedIn;
  renew(csrf);
  dialog.showModal();
  dialog.querySelector("#sign-over-password").focus();
  return false;
};

const enter = async () => {
  const form = new FormData(dialog.querySelector("form"));
  const first = { email: form.get("email"), password: form.get("password") };
  const body = proof ? { proof, code: form.get("code") } : first;
  const { csrf } = await state();
  const answer = await fetch(dialog.dataset.url, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ ...body, user_token: dialog.dataset.owner }),
  });
  const reply = await answer.json();
  if (answer.ok) return done(reply.csrf);
  proof = reply.proof ?? "";
  part("first").hidden = Boolean(proof);
  part("second").hidden = !proof;
  say(reply.needs === "code" && !form.get("code") ? "" : reply.error);
  dialog.querySelector(proof ? "#sign-over-code" : "#sign-over-password").focus();
};

const done = (csrf) => {
  proof = "";
  renew(csrf);
  say("");
  dialog.querySelector("form").reset();
  part("first").hidden = false;
  part("second").hidden = true;
  dialog.close();
  busy();
  document.dispatchEvent(new CustomEvent("site:signed-in", { detail: { csrf } }));
};

if (dialog) {
  busy();
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && busy());
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    enter().catch(() => say("The server cannot be reached. Try again in a moment."));
  });
  const look = () => idleFor() >= Number(dialog.dataset.idleMinutes) && checkSession().catch(() => {});
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}
