// A decision with a reason: opened by its key, the reason chosen by number, sent with Enter, closed with Escape.

import { data, find } from "./page.js";

export function attachReasons() {
  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-reasons]");
    if (!form || target.name !== "reason") return;
    const words = form.elements.text && data("wording")[target.value];
    if (words !== undefined && words !== null) form.elements.text.value = words;
    const needsWords = target.value === "other";
    (needsWords ? (form.elements.text ?? form.elements.note) : form.querySelector("button")).focus();
  });
  document.addEventListener("toggle", ({ target }) => target.open && target.matches?.("details.decision") && show(target), true);
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && find("details.decision[open]");
    if (!open) return;
    open.open = false;
    document.activeElement.blur();
  });
}

function show(details) {
  for (const other of document.querySelectorAll("details.decision[open]")) if (other !== details) other.open = false;
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("input[type=text][required]")?.focus();
}
