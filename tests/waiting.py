"""Waiting for something that another process does: asks often, gives up loudly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(ask: Callable[[], T], what: str, *, seconds: float = 30) -> T:
    """The first true answer; fails when none has come in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        pause.wait(0.05)
