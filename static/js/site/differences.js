// Two reads of a case: a button, or its key, leads from difference to difference. The joint of the chosen one is
// emphasised on its film and in the table, and the bar says what both readers entered.
const cells = [...document.querySelectorAll("[data-difference]")];
const says = document.querySelector("[data-difference-says]");
let at = -1;

const all = (name, value) => document.querySelectorAll(`[${name}="${CSS.escape(value)}"]`);

function choose(number) {
  document.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
  at = (number + cells.length) % cells.length;
  const cell = cells[at];
  const { difference, on, says: text } = cell.dataset;
  const [film] = all("data-film", on);
  for (const one of [cell, film, ...all("data-mark", difference)]) one?.classList.add("chosen");
  (film ?? cell).scrollIntoView({ block: "center" });
  says.textContent = `Difference ${at + 1} of ${cells.length}. ${text}`;
}

for (const button of document.querySelectorAll("[data-difference-step]")) {
  const by = Number(button.dataset.differenceStep);
  button.addEventListener("click", () => choose(at < 0 && by < 0 ? -1 : at + by));
}
