// What htmx is told when a request is turned down: the server's words go into the notices of the page; a session that
// ended leads to signing in and back.
const notices = () => document.getElementById("notices");

const notice = (text) => {
  const [box, words] = [document.createElement("div"), document.createElement("p")];
  box.className = "notice notice-error";
  box.setAttribute("role", "alert");
  words.textContent = text;
  box.append(words);
  return box;
};

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) {
    location.assign(`/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const refusal = page.querySelector(".notice");
  notices()?.replaceChildren(refusal ?? notice("The server could not do this. Reload the page and try again."));
  notices()?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("htmx:sendError", () => {
  notices()?.replaceChildren(notice("The server cannot be reached. Nothing was sent; try again in a moment."));
});
