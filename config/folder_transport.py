"""Celery's messages as files in a folder, for the demo: kombu's transport, with files that appear only complete.

kombu itself creates a message or a list of queues under its final name before writing it; a worker that reads one
then ends. The sweeper repeats a lost message, but an ended worker stays down until somebody starts it.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes to a temporary name and renames; one process at a time reads or writes the lists of queues."""

    # kombu's own classes disagree on the second parameter
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out, f"{name}.part")
        unfinished.write_text(dumps(payload))
        os.replace(unfinished, unfinished.with_suffix(""))

    def _get(self, queue: str, timeout: Any = None) -> Any:
        """The next message. A file that is none would end the worker and is removed; the sweeper sends again."""
        while True:
            with suppress(ValueError):
                found = super()._get(queue)
                if isinstance(found, dict):
                    return found

    def get_table(self, exchange: str) -> list[Any]:
        """The queues of an exchange, as kombu stores them."""
        with self._alone():
            return list(super().get_table(exchange))

    def _queue_bind(self, *args: Any) -> None:
        with self._alone():
            super()._queue_bind(*args)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with Path(self.control_folder, "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport behind `filesystem://`."""

    Channel = Channel


TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
