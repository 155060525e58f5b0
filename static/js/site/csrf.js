// The token of this session (it is not in a cookie) and a fetch that carries it.
const meta = () => document.querySelector('meta[name="csrf-token"]');

export const token = () => meta().content;

// After signing in over the page the session has a new token, which pages and htmx get here.
export const renew = (fresh) => {
  meta().content = fresh;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = fresh;
};

// Forms and files are sent unchanged, anything else as JSON.
const asItIs = (body) => body === undefined || body instanceof FormData || body instanceof Blob;

export const send = (url, { method = "POST", body, headers = {}, ...rest } = {}) =>
  fetch(url, {
    method,
    body: asItIs(body) ? body : JSON.stringify(body),
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      ...(asItIs(body) ? {} : { "Content-Type": "application/json" }),
      "X-CSRFToken": token(),
      ...headers,
    },
    ...rest,
  });
