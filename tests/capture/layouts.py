"""Keys as keyboards of several languages really send them, and what a reader who presses them relies on."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page

from tests.capture.acting import asked, press
from tests.viewer.films import wait_until


class KeyboardKey(NamedTuple):
    """A key press: its place, what it writes, what is held with it, and what must come of it."""

    code: str
    key: str
    outcome: str
    held: str = ""

    @property
    def event(self) -> dict[str, object]:
        """What makes the event in a browser."""
        names = {"Shift": "shiftKey", "Control": "ctrlKey", "Alt": "altKey", "AltGraph": "modifierAltGraph"}
        return {"code": self.code, "key": self.key, **{names[name]: True for name in self.held.split()}}


BEFORE, AFTER, WHOLE, NOTHING, REASON = "side before", "side after", "whole film", "nothing", "asks for the reason"
SIGNS = '!"§$%&/()'
PAD = {1: "End", 2: "ArrowDown", 3: "PageDown", 4: "ArrowLeft", 5: "Clear", 6: "ArrowRight", 7: "Home", 9: "PageUp"}

LAYOUTS: dict[str, list[KeyboardKey]] = {
    "us": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n)) for n in range(6)),
        *(KeyboardKey(f"Digit{n}", sign, NOTHING, "Shift") for n, sign in enumerate(")!@#$%")),
        KeyboardKey("BracketLeft", "[", BEFORE),
        KeyboardKey("BracketRight", "]", AFTER),
        KeyboardKey("Equal", "=", WHOLE),
        KeyboardKey("Digit3", "3", NOTHING, "Alt"),
        KeyboardKey("Digit3", "3", NOTHING, "Control"),
        KeyboardKey("KeyN", "n", REASON),
        KeyboardKey("Backquote", "`", "0"),
    ],
    "de": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n)) for n in range(6)),
        *(KeyboardKey(f"Digit{n}", sign, NOTHING, "Shift") for n, sign in enumerate(SIGNS, 1)),
        KeyboardKey("Digit0", "=", WHOLE, "Shift"),
        KeyboardKey("Digit8", "[", BEFORE, "AltGraph"),
        KeyboardKey("Digit9", "]", AFTER, "AltGraph"),
        # A Windows that says so as Ctrl and Alt, and a Mac, where Option writes.
        KeyboardKey("Digit8", "[", BEFORE, "Control Alt AltGraph"),
        KeyboardKey("Digit9", "]", AFTER, "Control Alt"),
        KeyboardKey("Digit5", "[", BEFORE, "Alt"),
        KeyboardKey("Digit2", "²", NOTHING, "AltGraph"),
        KeyboardKey("Digit3", "3", NOTHING, "AltGraph"),
        KeyboardKey("Digit0", "}", NOTHING, "AltGraph"),
        KeyboardKey("KeyN", "”", NOTHING, "AltGraph"),
        KeyboardKey("Backquote", "Dead", "0"),
        KeyboardKey("Digit3", "³", "3"),  # after the dead ^
        KeyboardKey("KeyN", "ń", REASON),  # after a dead accent
        KeyboardKey("Semicolon", "ö", NOTHING),
        KeyboardKey("BracketLeft", "ü", NOTHING),
    ],
    "fr": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n), "Shift") for n in range(6)),
        *(KeyboardKey(f"Digit{n}", sign, str(n)) for n, sign in enumerate("à&é\"'(")),
        KeyboardKey("Digit6", "-", NOTHING),
        KeyboardKey("Digit5", "[", BEFORE, "AltGraph"),
        KeyboardKey("Minus", "]", AFTER, "AltGraph"),
        KeyboardKey("Digit4", "{", NOTHING, "AltGraph"),
        KeyboardKey("Equal", "=", WHOLE),
        KeyboardKey("Digit4", "⁴", "4", "Shift"),  # after the dead ^
        KeyboardKey("Quote", "²", NOTHING),
    ],
    "es": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n)) for n in range(6)),
        KeyboardKey("Digit0", "=", WHOLE, "Shift"),
        KeyboardKey("BracketLeft", "[", BEFORE, "AltGraph"),
        KeyboardKey("BracketRight", "]", AFTER, "AltGraph"),
        KeyboardKey("Digit1", "|", NOTHING, "AltGraph"),
        KeyboardKey("Digit4", "Dead", NOTHING, "AltGraph"),
        KeyboardKey("BracketLeft", "Dead", NOTHING),
    ],
    "se": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n)) for n in range(6)),
        KeyboardKey("Digit0", "=", WHOLE, "Shift"),
        KeyboardKey("Digit8", "[", BEFORE, "AltGraph"),
        KeyboardKey("Digit9", "]", AFTER, "AltGraph"),
        KeyboardKey("Digit4", "$", NOTHING, "AltGraph"),
        KeyboardKey("BracketLeft", "å", NOTHING),
    ],
    "ru": [
        *(KeyboardKey(f"Digit{n}", str(n), str(n)) for n in range(6)),
        KeyboardKey("KeyN", "т", REASON),
        KeyboardKey("KeyN", "Т", REASON),
        KeyboardKey("BracketLeft", "х", BEFORE),
        KeyboardKey("BracketRight", "ъ", AFTER),
        KeyboardKey("Equal", "=", WHOLE),
        KeyboardKey("Digit3", "№", NOTHING, "Shift"),
    ],
    "keypad": [
        *(KeyboardKey(f"Numpad{n}", str(n), str(n)) for n in range(6)),
        *(KeyboardKey(f"Numpad{n}", PAD[n], NOTHING) for n in (1, 3, 5, 7, 9)),
        KeyboardKey("Numpad0", "Insert", NOTHING),
        KeyboardKey("NumpadDecimal", "Delete", NOTHING),
        KeyboardKey("Numpad2", "ArrowDown", "one down"),
        KeyboardKey("Numpad8", "ArrowUp", "one up"),
        KeyboardKey("Numpad4", "ArrowLeft", "one left"),
    ],
    "input method": [
        KeyboardKey("Digit3", "Process", "3"),
        KeyboardKey("Digit3", "３", "3"),
        KeyboardKey("Digit3", "٣", "3"),
        KeyboardKey("KeyN", "Process", REASON),
        KeyboardKey("KeyN", "ㅜ", REASON),
        KeyboardKey("Digit0", "Process", NOTHING, "Shift"),
    ],
}

# The second joint of the second side, at the second timepoint: there is somewhere to go in every direction.
HERE = ("GR-PIP3", 1)
MOVES = {
    ("GR-PIP3", 1): NOTHING,
    ("GR-PIP4", 1): "one down",
    ("GR-PIP2", 1): "one up",
    ("GR-PIP3", 0): "one left",
    ("GL-PIP2", 0): BEFORE,
    ("GL-MTP2", 0): AFTER,
}
STATE = """() => ({
  values: [...document.querySelectorAll(".grid td")].map((cell) => cell.textContent).join(""),
  close: document.querySelector('[data-command="joint"]').getAttribute("aria-pressed") === "true",
  asks: !document.querySelector(".reasons").hidden,
  dialog: document.querySelector("dialog[open]")?.className ?? "",
})"""


def begin(page: Page) -> None:
    """Back to the middle of the grid with everything empty, close to a joint."""
    press(page, "Escape")
    if page.evaluate(STATE)["values"]:
        press(page, "Control+z")
    page.evaluate("location.hash = ''")
    page.evaluate("location.hash = 'GR-PIP2/read-B'")
    wait_until(page, "document.querySelector('td.current').dataset.item === 'GR-PIP2'")
    if not page.evaluate(STATE)["close"]:
        press(page, "z")
    press(page, "ArrowDown")
    assert asked(page) == HERE
    assert page.evaluate(STATE) == {"values": "", "close": True, "asks": False, "dialog": ""}


def came_of(page: Page) -> str:
    """What a key has done, in the words of the table."""
    state, where = page.evaluate(STATE), asked(page)
    if state["values"]:
        return state["values"] if where == ("GR-PIP4", 0) else f"{state['values']}, then at {where}"
    if state["dialog"]:
        return f"opened {state['dialog']}"
    if state["asks"]:
        return REASON
    if where == HERE and not state["close"]:
        return WHOLE
    return MOVES.get(where, f"went to {where}")
