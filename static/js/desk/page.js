// Small helpers that every screen of the desk uses.

export const find = (selector) => document.querySelector(selector);
export const data = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");

export function notice(text, tone = "error") {
  const box = document.createElement("div");
  box.className = `notice notice-${tone}`;
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  find("#notices").replaceChildren(box);
}

// Whether the person is typing in a field, so that keys are not commands.
export const typing = (element) =>
  Boolean(element.closest?.("input:not([type=checkbox],[type=radio]), select, textarea, dialog[open]"));
