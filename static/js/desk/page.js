// The page without its chrome: small pieces that every screen of the desk uses.

export const find = (selector) => document.querySelector(selector);
export const data = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");

export function notice(text, tone = "error") {
  const box = document.createElement("div");
  box.className = `notice notice-${tone}`;
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  find("#notices").replaceChildren(box);
}

// Not while somebody writes.
export const typing = (element) =>
  Boolean(element.closest?.("input:not([type=checkbox],[type=radio]), select, textarea, dialog[open]"));
