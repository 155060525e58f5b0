"""Each worker reports that it is running every few seconds, however busy its processes are."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from jobs.models import Pulse
from jobs.pulse import beat

log = logging.getLogger(__name__)
PREFIX = "worker "
EVERY_SECONDS, GONE_AFTER = 2.5, timedelta(seconds=8)
FORGOTTEN_AFTER = timedelta(hours=1)
stopping = threading.Event()


def own_name() -> str:
    """This worker's name in the table: host and process."""
    return f"{PREFIX}{socket.gethostname()[:30]} {os.getpid()}"


def begin() -> None:
    """Starts reporting, in a thread of the worker's main process."""
    stopping.clear()
    threading.Thread(target=show_until_stopped, args=(stopping,), daemon=True, name="presence").start()


def end() -> None:
    """Removes the entry of a worker that ends in an orderly way."""
    stopping.set()
    Pulse.objects.filter(part=own_name()).delete()


def show_until_stopped(stop: threading.Event) -> None:
    """Keeps no connection open between two reports: the processes of a worker are forked while this thread runs."""
    while not stop.is_set():
        try:
            beat(own_name())
        except DatabaseError as error:
            log.warning("the worker could not show its presence: %s", type(error).__name__)
        finally:
            connection.close()
        stop.wait(EVERY_SECONDS)


def shown() -> QuerySet[Pulse]:
    """The reports of workers."""
    return Pulse.objects.filter(part__startswith=PREFIX)


def present() -> int:
    """The number of running workers."""
    return shown().filter(at__gte=timezone.now() - GONE_AFTER).count()


def gone() -> int:
    """The number of workers that ended unexpectedly within the last hour."""
    now = timezone.now()
    return shown().filter(at__gte=now - FORGOTTEN_AFTER, at__lt=now - GONE_AFTER).count()


def forget_gone() -> None:
    """Removes workers that ended long ago."""
    shown().filter(at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
