// The upload page: files dropped or chosen are sent immediately for the subject and visit chosen above. Without this
// module, the plain form sends them.
import { send } from "../site/csrf.js";
import { fromChooser, fromDrop, worthSending } from "./gather.js";
import { Lane } from "./lane.js";
import { line, total } from "./lines.js";
import { sendFile } from "./sending.js";

const form = document.querySelector("[data-upload]");
const box = document.querySelector("[data-sending]");
const rows = document.querySelector("[data-rows]");
const drop = form.querySelector("[data-drop]");
const field = (name) => form.elements.namedItem(name);
const sum = total(box);
let stopper = new AbortController();
let transmittal = null;

const lane = new Lane(async ({ given, said, shown }) => {
  const hooks = {
    signal: stopper.signal,
    waiting: shown.waiting,
    progress: (sent) => { shown.progress(sent); sum.progress(given, sent); },
  };
  const where = { files: form.dataset.files, pieceBytes: Number(form.dataset.pieceBytes) };
  try {
    arrived(await sendFile(given, { ...where, said: { ...said, transmittal: await transmittal } }, hooks));
    sum.ended(given);
    shown.item.remove();
  } catch (error) {
    if (stopper.signal.aborted) { sum.leave(given); shown.item.remove(); return; }
    sum.ended(given, { wasRefused: true });
    shown.refused(error.message);
  }
});

const arrived = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  const brought = [...template.content.querySelectorAll("tr")];
  rows.prepend(...brought);
  for (const row of brought) window.htmx.process(row);
  document.querySelector("[data-nothing]")?.remove();
};

const open = async () => {
  const answer = await send(form.dataset.start);
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? "The server cannot be reached.");
  return (await answer.json()).transmittal;
};

const note = (words) => { drop.querySelector("[data-note]").textContent = words; };

const take = (gathered) => {
  const files = gathered.filter(worthSending);
  const leftOut = gathered.length - files.length;
  if (!form.reportValidity()) return;
  note(leftOut ? `${leftOut} system ${leftOut === 1 ? "file was" : "files were"} left out.` : "");
  if (!files.length) return;
  if (form.dataset.replaces && files.length > 1) {
    note("Only one film can replace a film. Choose a single file.");
    return;
  }
  if (stopper.signal.aborted) stopper = new AbortController();
  transmittal ??= open().catch((error) => { transmittal = null; throw error; });
  const said = { visit: field("visit").value, film_date: field("film_date").value, replaces: form.dataset.replaces };
  box.hidden = false;
  lane.add(files.map((given) => {
    const shown = line(given.path, given.file.size);
    box.querySelector("[data-files-being-sent]").append(shown.item);
    sum.add(given, given.file.size);
    return { given, said, shown };
  }));
  busy(true);
  lane.idle().then(() => { busy(false); window.htmx.trigger(document.body, "sent"); });
};

// While files are being sent, the page asks before it is closed and shows the Stop button.
const busy = (is) => {
  warnOnLeaving(is);
  box.querySelector("h2").textContent = is ? "Uploading" : "Uploaded";
  box.querySelector("[data-stop]").hidden = !is;
};

const warn = (event) => event.preventDefault();
const warnOnLeaving = (on) => window[on ? "addEventListener" : "removeEventListener"]("beforeunload", warn);

for (const chooser of form.querySelectorAll("[data-chooser]")) {
  chooser.addEventListener("change", () => { take(fromChooser(chooser)); chooser.value = ""; });
}
for (const button of form.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => {
    if (form.reportValidity()) form.querySelector(`[data-chooser="${button.dataset.choose}"]`).click();
  });
}
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => { event.preventDefault(); drop.dataset.over = ""; });
}
for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => delete drop.dataset.over);
form.addEventListener("drop", async (event) => { event.preventDefault(); take(await fromDrop(event.dataTransfer)); });
// A file dropped outside the box must not replace the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

box.querySelector("[data-stop]").addEventListener("click", () => {
  stopper.abort(new Error("stopped"));
  for (const { given, shown } of lane.clear()) { sum.leave(given); shown.item.remove(); }
});

// This module replaces the plain file field and its button.
form.removeAttribute("novalidate");
drop.hidden = false;
form.querySelector("[data-plain]").hidden = true;
field("films").closest(".field").hidden = true;
