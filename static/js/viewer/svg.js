// Small SVG pieces drawn over the films; attributes only, so that a strict style policy holds.

const SPACE = "http://www.w3.org/2000/svg";

export function piece(parent, name, attributes = {}) {
  const element = document.createElementNS(SPACE, name);
  place(element, attributes);
  parent.append(element);
  return element;
}

export function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
