"""The running product for peers from outside: a database of its own, a receiver and a web server, ended by pid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import ROOT, database_url_of_tests


@contextmanager
def command(*words: str, folder: Path, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """A management command on the database of these tests, until it has been left."""
    environment = {**os.environ, "DATABASE_URL": database_url_of_tests(), "BLINDREAD_VAR": str(folder), **extra}
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


@contextmanager
def receiver(folder: Path) -> Iterator[int]:
    """A C-STORE receiver; gives its port."""
    with command("dicom_receiver", "--port", "0", folder=folder) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline().split()[-1])
