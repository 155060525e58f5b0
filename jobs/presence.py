"""Each worker shows that it is there, every few seconds, whatever its processes are busy with."""

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
    """Shows it from now on, in a thread of the worker's main process."""
    stopping.clear()
    threading.Thread(target=show_until_stopped, args=(stopping,), daemon=True, name="presence").start()


def end() -> None:
    """A worker that ends in an orderly way is not missed."""
    stopping.set()
    Pulse.objects.filter(part=own_name()).delete()


def show_until_stopped(stop: threading.Event) -> None:
    """Keeps no connection between two beats: the processes of a worker are forked while this thread runs."""
    while not stop.is_set():
        try:
            beat(own_name())
        except DatabaseError as error:
            log.warning("the worker could not show its presence: %s", type(error).__name__)
        finally:
            connection.close()
        stop.wait(EVERY_SECONDS)


def shown() -> QuerySet[Pulse]:
    """What workers have shown of themselves."""
    return Pulse.objects.filter(part__startswith=PREFIX)


def present() -> int:
    """How many workers are there."""
    return shown().filter(at__gte=timezone.now() - GONE_AFTER).count()


def gone() -> int:
    """How many ended within the last hour without saying so."""
    now = timezone.now()
    return shown().filter(at__gte=now - FORGOTTEN_AFTER, at__lt=now - GONE_AFTER).count()


def forget_gone() -> None:
    """Removes workers that have been gone for long."""
    shown().filter(at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
