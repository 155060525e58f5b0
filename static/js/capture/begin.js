// Begins the case as soon as its page is here: a page that is only fetched opens nothing, this request does.
document.querySelector("form[data-begin]").requestSubmit();
