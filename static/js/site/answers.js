// How htmx handles a refused request: the server's message goes into the notices of the page; if the session has
// ended, the person signs in over the page.
import { checkSession } from "./idle.js";

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
    checkSession();
    return;
  }
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const refusal = page.querySelector(".notice");
  notices()?.replaceChildren(refusal ?? notice("The server could not complete this. Reload the page and try again."));
  notices()?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("htmx:sendError", () => {
  notices()?.replaceChildren(notice("The server cannot be reached. Nothing was sent; try again in a moment."));
});
