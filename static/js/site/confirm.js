// Asks before an action: <form data-confirm="Reject this film?"> or hx-confirm="...". The label of the button that
// was pressed is also the label for confirming. Without this module the form is sent directly.
const dialog = () => document.getElementById("confirm-dialog");

export const ask = (question, yes = "Continue", danger = false) =>
  new Promise((resolve) => {
    const box = dialog();
    const button = box.querySelector("[data-confirm-yes]");
    box.querySelector("#confirm-question").textContent = question;
    button.textContent = yes;
    button.className = danger ? "danger" : "primary";
    box.returnValue = "no";
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
    box.showModal();
  });

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const yes = await ask(question, submitter?.textContent.trim(), submitter?.classList.contains("danger"));
  if (!yes) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.confirmed;
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const { elt } = event.detail;
  const yes = await ask(event.detail.question, elt.textContent.trim(), elt.classList.contains("danger"));
  if (yes) event.detail.issueRequest(true);
});
