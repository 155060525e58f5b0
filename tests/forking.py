"""The process behind tests.nest: imports what a worker imports, once, and forks a ready worker for each request.

A worker takes its settings from its own environment, as if it had been started from a shell. Run by tests.nest alone.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from importlib import import_module
from typing import Any, NoReturn

IMPORTED = (
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "kombu.transport.filesystem",
    "kombu.transport.redis",
    "config.urls",
    "jobs.tasks",
)
SHARED = ("DATABASE_URL", "BLINDREAD_VAR", "BLINDREAD_MODE")


def import_all() -> None:
    """Whatever a worker has imported when it is ready and after it has carried every kind of work."""
    import django
    from django.utils.module_loading import import_string

    from config.job_kinds import KINDS
    from tests.worker import app

    django.setup()
    for name in IMPORTED:
        import_module(name)
    for handler in KINDS.values():
        import_string(handler)
    demand_a_clean_start(app)
    gc.freeze()


def demand_a_clean_start(app: Any) -> None:
    """What is read from the environment or opened belongs to a worker alone: none of it may be there already."""
    from django.db import connection

    assert not app.configured, "Celery has read its settings before the fork"
    assert connection.connection is None, "the database was opened before the fork"
    assert threading.active_count() == 1, threading.enumerate()


def read_settings_anew() -> None:
    """In a worker: Django's settings out of the worker's own environment."""
    from django.conf import settings
    from django.utils.functional import empty

    del sys.modules["config.settings"]
    settings._wrapped = empty
    assert settings.configured is False


def be_a_worker(request: dict[str, Any]) -> NoReturn:
    """In the fork: an environment and a log of its own, then Celery's own main."""
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(request["environment"])
    read_settings_anew()
    sys.argv = ["celery", *request["arguments"]]
    from celery.__main__ import main

    sys.exit(main())


def fork_a_worker(request: dict[str, Any]) -> int:
    """The number of the new process, which leads a session of its own already."""
    differing = [name for name in SHARED if request["environment"].get(name) != os.environ.get(name)]
    assert not differing, f"workers are forked for one database and one folder; {differing} differ"
    hears, records_rows = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(hears)
        os.close(records_rows)
        be_a_worker(request)
    os.close(records_rows)
    os.read(hears, 1)
    os.close(hears)
    return child


def end_of(child: int) -> int:
    """The code of a worker that has ended, as subprocess gives it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """One answer for each line asked; when nobody can ask any more, the workers that are left are killed."""
    import_all()
    print(json.dumps("ready"), flush=True)
    left: set[int] = set()
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        if isinstance(request, int):
            answer = end_of(request)
            left.discard(request)
        else:
            answer = fork_a_worker(request)
            left.add(answer)
        print(json.dumps(answer), flush=True)
    for child in left:
        os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
