// Applies the chosen colours before the page is painted, so that dark mode does not flash.
(() => {
  const KEY = "blindread.theme";
  const chosen = () => localStorage.getItem(KEY) ?? "auto";
  const show = () => {
    if (chosen() === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen();
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
    }
  };
  show();
  addEventListener("DOMContentLoaded", show);
  addEventListener("storage", show);
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    localStorage.setItem(KEY, button.dataset.themeChoice);
    show();
  });
})();
