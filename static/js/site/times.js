// Times are served in UTC. On the screen they are shown in the zone of the person's computer, with the zone named; in
// print, and without this module, they stay in UTC. Nothing about the zone is sent or kept.
import { inZone } from "./zone.js";

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const isUtc = ["UTC", "Etc/UTC", "GMT", "Etc/GMT"].includes(timeZone);

function show(time) {
  const moment = new Date(time.dateTime);
  if (!time.dateTime.includes("T") || Number.isNaN(moment.getTime()) || time.querySelector(".local-time")) return;
  const utc = Object.assign(document.createElement("span"), { className: "utc-time" });
  utc.append(...time.childNodes);
  const local = Object.assign(document.createElement("span"), { className: "local-time", textContent: inZone(moment) });
  time.title = utc.textContent.trim();
  time.replaceChildren(local, utc);
}

function showAll(root) {
  for (const time of root.querySelectorAll("time[datetime]")) show(time);
}

if (!isUtc) {
  const said = document.querySelector("[data-times-in]");
  if (said) {
    const local = Object.assign(document.createElement("span"), { className: "local-time" });
    local.textContent = `Times on the screen are in ${timeZone}; filters, files and printed pages are in UTC`;
    const utc = Object.assign(document.createElement("span"), { className: "utc-time", textContent: said.textContent });
    said.replaceChildren(local, utc);
  }
  document.addEventListener("htmx:load", ({ target }) => showAll(target));
  showAll(document);
}
