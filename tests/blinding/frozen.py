"""Time stands still and chance is drawn from a label: what two worlds need to be alike byte for byte.

Each place in the product that draws has a stream of its own, begun anew at every `begin`, so that a draw made in one
world alone shifts no other draw.
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import shutil
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from unittest.mock import patch

from django.utils import crypto, timezone

from reading.issuing import randomisation

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOM = shutil._ntuple_diskusage(10**12, 3 * 10**11, 7 * 10**11)
# Modules through which others draw: the stream belongs to who asked them.
DRAWING = {module.__name__ for module in (secrets, random, uuid, crypto, randomisation)}


class Frozen:
    """The clock and the chance of one world."""

    def __init__(self) -> None:
        self.label, self.now, self.drawn = "", MORNING, Counter[str]()

    def begin(self, label: str, at: timedelta = timedelta(0)) -> None:
        """From now on it is this much after the morning, and chance depends on this label."""
        self.label, self.now, self.drawn = label, MORNING + at, Counter()

    def urandom(self, size: int) -> bytes:
        """As many bytes as asked for, the same for the same label, place and count."""
        place = asked_by()
        self.drawn[place] += 1
        start = f"{self.label}|{place}|{self.drawn[place]}".encode()
        return hashlib.shake_256(start).digest(size)


def asked_by() -> str:
    """The nearest function of the stack that is not itself a source of chance."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_globals.get("__name__") in DRAWING:
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"


@contextmanager
def frozen() -> Iterator[Frozen]:
    """Holds the clock and chance of this process."""
    held = Frozen()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return held.now.astimezone(tz) if tz else held.now.replace(tzinfo=None)

    with (
        patch.object(timezone, "datetime", Clock),
        patch.object(time, "time", lambda: held.now.timestamp()),
        patch.object(os, "urandom", held.urandom),
        patch.object(random, "_urandom", held.urandom),
        patch.object(shutil, "disk_usage", lambda path: ROOM),
    ):
        yield held
