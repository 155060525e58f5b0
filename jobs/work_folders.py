"""A folder for one piece of work, removed afterwards; folders of killed processes are recognised by their free lock.

Nothing that identifies a person is written here: config.unnamed_files is used for that.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

PREFIX = "work-"
# A folder exists for a moment before it is locked.
YOUNGEST_SECONDS = 60.0


@contextmanager
def work_folder() -> Iterator[Path]:
    """Readable by this account only, and locked for as long as this process works in it."""
    root = Path(settings.WORK_FOLDER)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=PREFIX) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def clear_left_behind() -> None:
    """Removes the folders of processes that were killed: the lock of a folder ends with its process."""
    for folder in Path(settings.WORK_FOLDER).glob(f"{PREFIX}*"):
        if is_left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)


def is_left_behind(folder: Path) -> bool:
    try:
        if time.time() - folder.stat().st_mtime < YOUNGEST_SECONDS:
            return False
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # its work has just ended, or it is not a folder
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
