// One date for many files: the button selects every file without a date, or none.
const form = document.querySelector("[data-many-dates]");
const boxes = () => [...document.querySelectorAll(`input[name="film"][form="${form.id}"]`)];

form.querySelector("[data-select-all]").addEventListener("click", () => {
  const all = boxes();
  const wanted = all.some((box) => !box.checked);
  for (const box of all) box.checked = wanted;
});
