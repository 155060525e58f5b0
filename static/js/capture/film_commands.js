// The commands that touch films, for keys and buttons alike.

import { press } from "./commands.js";

const STEP = 60;

export function addFilmCommands(commands, { root, lightbox, presets, cursor, say }) {
  const { tools, stage } = lightbox;
  const simple = {
    brighter: () => tools.brighter(),
    darker: () => tools.darker(),
    "more-contrast": () => tools.moreContrast(),
    "less-contrast": () => tools.lessContrast(),
    invert: () => tools.invert(),
    closer: () => tools.closer(),
    farther: () => tools.farther(),
    "one-to-one": () => tools.oneToOne(),
    reset: () => tools.reset(),
    "rotate-left": () => tools.turn("left"),
    "rotate-right": () => tools.turn("right"),
    "flip-horizontal": () => tools.turn("horizontal"),
    "flip-vertical": () => tools.turn("vertical"),
    "pan-left": () => tools.pan(STEP * stage.pixelRatio, 0),
    "pan-right": () => tools.pan(-STEP * stage.pixelRatio, 0),
    "pan-up": () => tools.pan(0, STEP * stage.pixelRatio),
    "pan-down": () => tools.pan(0, -STEP * stage.pixelRatio),
  };
  for (const [name, action] of Object.entries(simple)) commands.add(name, action);
  commands.add("preset", ({ button }) => tools.preset(presets[Number(button.dataset.preset)]));
  commands.add("fit", () => {
    if (lightbox.closeUp.on) lightbox.closeUp.toggle(false);
    else tools.fit();
    press(root, "joint", false);
  });
  commands.add("joint", () => {
    say(lightbox.comeClose(cursor.cell.item.joint));
    press(root, "joint", lightbox.closeUp.on);
  });
  commands.add("link", () => press(root, "link", tools.toggleLink()));
  commands.add("pointer", () => {
    lightbox.pointer.toggle();
    press(root, "pointer", !lightbox.pointer.hidden);
  });
  const magnify = (on) => {
    lightbox.magnifier.set(on);
    press(root, "magnifier", on);
  };
  commands.add("magnifier", ({ held }) => magnify(held || !lightbox.magnifier.on), () => magnify(false));
}
