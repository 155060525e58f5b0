"""Loaded before anything else by pytest: where a test run keeps its files and which database it uses."""

from __future__ import annotations

import os
import tempfile

# One folder per process, so that runs beside each other share nothing.
FOLDER = tempfile.mkdtemp(prefix="blindread-tests-")
os.environ.setdefault("BLINDREAD_MODE", "test")
os.environ.setdefault("BLINDREAD_VAR", FOLDER)
os.environ.setdefault("DATABASE_URL", os.environ.get("BLINDREAD_TEST_DATABASE") or f"sqlite:///{FOLDER}/test.sqlite3")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
