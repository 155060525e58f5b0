"""What a worker has to write although the database is away: tried again until it is back, within one lease."""

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
    """The result of `write`. After a lease, the sweeper has the job announced again anyway, so the error is passed on.

    A connection that has died does not come back by itself: it is closed, and the next attempt opens another.
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
