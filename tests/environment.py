"""Loaded before anything else by pytest: where a test process keeps its files and which database it uses."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# One folder per process, those of pytest-xdist included, so that tests beside each other share nothing.
FOLDER = tempfile.mkdtemp(prefix="blindread-tests-")
os.chmod(FOLDER, 0o755)
os.mkdir(f"{FOLDER}/static")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
# SQLite's files are apart from the folders that tests search: a process that reads the file of its open database and
# closes it loses its locks, and misses from then on what another process writes.
DATABASE_FOLDER = tempfile.mkdtemp(prefix="blindread-tests-database-")
atexit.register(shutil.rmtree, DATABASE_FOLDER, ignore_errors=True)
os.environ["BLINDREAD_MODE"] = "test"
os.environ["BLINDREAD_VAR"] = FOLDER
os.environ["DATABASE_URL"] = os.environ.get("BLINDREAD_TEST_DATABASE") or f"sqlite:///{DATABASE_FOLDER}/test.sqlite3"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.setdefault("JOB_RETRY_SECONDS", "0")
# No test takes the power away, and the files of hundreds of films would wait for the disk.
vars(os)["fsync"] = lambda _descriptor: None
