// What the server is known to have, in one line, never ahead of it: saved, waiting, offline, conflict, refused, stopped.

// As on all pages: the time in the zone of the reader's computer, with the zone named.
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
});
const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

export function statusOf({ queue, sender }) {
  const { waiting, conflicts, refused, kept, sealed } = queue;
  const { state, text, lastSaved, progress } = sender;
  const parts = [];
  if (state === "stopped") parts.push(text.replace(/\.$/, ""));
  if (state === "offline") parts.push("Offline");
  if (state === "stumbling") parts.push("Server unavailable, retrying");
  if (waiting) parts.push(`${waiting} waiting${kept ? "" : " in this tab only"}`);
  if (conflicts.length) parts.push(`${counted(conflicts.length, "conflict", "conflicts")} to decide`);
  for (const { theirs } of refused.slice(0, 1)) parts.push(`not accepted: ${theirs?.text ?? "refused"}`);
  if (sealed) parts.push(`${sealed} saved by another account`);
  if (lastSaved) parts.push(`saved ${clock.format(new Date(lastSaved))}`);
  parts.push(`${progress.saved_count} of ${progress.expected_count} saved`);
  const stuck = state === "stopped" || conflicts.length || refused.length;
  const level = stuck ? "stuck" : waiting || sealed || ["offline", "stumbling"].includes(state) ? "waiting" : "saved";
  const line = parts.join(" · ");
  return { level, line: line[0].toUpperCase() + line.slice(1) };
}

export function showStatus(element, openRead) {
  const { level, line } = statusOf(openRead);
  if (element.textContent !== line) element.textContent = line;
  element.dataset.state = level;
  element.dataset.waiting = openRead.queue.waiting;
  element.dataset.unwritten = openRead.queue.unwritten;
}
