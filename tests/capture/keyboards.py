"""A display with a real keyboard of a country: Xvfb, a layout by setxkbmap, keys by xdotool, Chromium with a window."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.chromium import ARGUMENTS, EXECUTABLE

SHIFT, ALT_GR, NUM_LOCK = 50, 108, 77
DIGITS = {str(digit): 10 + (digit - 1) % 10 for digit in range(10)}
# Places of a keyboard as X numbers them.
PLACES = DIGITS | {"Backquote": 49, "Minus": 20, "Equal": 21, "[": 34, "]": 35, "n": 57, "pad 3": 89}


@dataclass(frozen=True)
class Keyboard:
    """What types on a display."""

    display: str

    def type(self, place: str, *held: int) -> None:
        """Presses the key at a place while others are held."""
        downs = [part for key in held for part in ("keydown", str(key))]
        ups = [part for key in reversed(held) for part in ("keyup", str(key))]
        self.run("xdotool", *downs, "key", str(PLACES[place]), *ups)

    def num_lock(self) -> None:
        """Presses Num Lock."""
        self.run("xdotool", "key", str(NUM_LOCK))

    def run(self, *command: str) -> None:
        """A tool of X on this display."""
        subprocess.run(command, env=os.environ | {"DISPLAY": self.display}, check=True, timeout=20)


@contextmanager
def keyboard_of(layout: str) -> Iterator[Keyboard]:
    """A display of its own with that layout; the X server says its number once it can be reached."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1200x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as recorded:
            keyboard = Keyboard(f":{recorded.readline().strip()}")
        keyboard.run("setxkbmap", layout)
        yield keyboard
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def window_on(chromium: Browser, keyboard: Keyboard) -> Iterator[Page]:
    """A page in a window on that display."""
    environment: dict[str, str | float | bool] = {**os.environ, "DISPLAY": keyboard.display}
    browser = chromium.browser_type.launch(
        executable_path=EXECUTABLE, args=[*ARGUMENTS, "--ozone-platform=x11"], headless=False, env=environment
    )
    try:
        yield browser.new_page(no_viewport=True)
    finally:
        browser.close()
