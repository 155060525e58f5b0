// What every page can do. Each module attaches itself by data attributes and works on content that htmx brings later.
import "./confirm.js";
import "./dialogs.js";
import "./keys.js";
import "./answers.js";
import "./idle.js";
