// Fills in what the browser knows of the window; the reader says the rest.
const form = document.querySelector("[data-display-check]");
form.querySelector("[data-window]").value = `${innerWidth} x ${innerHeight}`;
form.querySelector("[data-pixel-ratio]").value = String(devicePixelRatio);
form.querySelector("[data-screen]").value = `${screen.width} x ${screen.height}, ${screen.colorDepth} bit`;
