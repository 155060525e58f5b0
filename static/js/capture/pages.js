// Pages of the reading room as documents: fetched, parsed, and the data blocks in them.

const parser = new DOMParser();
// Says to the server that this page takes the place of another: films are here already, and previews are left out.
const IN_PLACE = { "X-Requested-With": "fetch" };

// A case that is not begun is begun by posting the form that is shown in its place.
// {document, url, status}; document null when the network is away or the answer is no page of the reading room.
export async function pageFrom(url, way = {}) {
  try {
    const response = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: IN_PLACE, ...way });
    const text = await response.text();
    const found = parser.parseFromString(text, "text/html");
    const begin = found.querySelector("form[data-begin]");
    if (begin) return pageFrom(response.url, { method: "POST", body: new FormData(begin) });
    const ours = found.querySelector("#room") !== null;
    return { document: ours ? found : null, url: response.url, status: response.status };
  } catch {
    return { document: null, url, status: 0 };
  }
}

// The request that begins a case; one that is begun already stays as it is.
export function beginning(session) {
  return { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: session.token }) };
}

// Links marked data-swap lead to another page of the room in place, unless they are opened elsewhere; those marked
// data-begin begin the case that they lead to.
export function followLinks(root, room) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    room.go(link.href, { begin: link.hasAttribute("data-begin") });
  });
}

export function dataOf(root, id) {
  const block = root.querySelector(`script#${id}`);
  return block ? JSON.parse(block.textContent) : null;
}
