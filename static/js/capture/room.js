// The reading room starts here.

import { ReadingRoom } from "./reading_room.js";

new ReadingRoom(document.querySelector("#room"));
