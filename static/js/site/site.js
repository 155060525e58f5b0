// The scripts of every page. Each module works by data attributes, also on content that htmx loads later.
import "./confirm.js";
import "./days.js";
import "./dialogs.js";
import "./find_option.js";
import "./keys.js";
import "./answers.js";
import "./idle.js";
import "./times.js";
