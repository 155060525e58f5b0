// The reading room starts here.

import { House } from "./house.js";

new House(document.querySelector("#room"));
