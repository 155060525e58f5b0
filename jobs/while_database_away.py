"""Retries a worker's write while the database is unavailable, for the duration of one lease."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from config.away import is_away

T = TypeVar("T")
PAUSE_SECONDS = 0.5


def until_back(write: Callable[[], T]) -> T:
    """The result of `write`. After one lease the sweeper announces the job again anyway, so the error is raised.

    A broken connection does not recover by itself: it is closed, and the next attempt opens another.
    """
    end = time.monotonic() + settings.JOB_LEASE_SECONDS
    while True:
        try:
            return write()
        except (DatabaseError, InterfaceError) as error:
            if connection.in_atomic_block or not is_away(error) or time.monotonic() > end:
                raise
            connection.close()
            threading.Event().wait(PAUSE_SECONDS)
