"""Kinds of work that only tests know: each leaves a pulse that counts how often its result was kept."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from django.db import connection

from audit.trail import Actor, audited_atomic, record
from jobs.queue import JobRefused, Lease, add


def keep(lease: Lease, name: str) -> None:
    """The result: one event, and no more than one."""
    with audited_atomic():
        lease.finish()
        record(action="jobs.job.retried", actor=Actor.system("tests"), stream="system", subject=("tests.kept", name))


def count(*, payload: dict[str, Any], lease: Lease) -> None:
    keep(lease, payload["name"])


def hold(*, payload: dict[str, Any], lease: Lease) -> None:
    """Says that it has begun, then works for as long as the file is absent."""
    Path(payload["begun"]).touch()
    lease.progress(1, 2, "half way")
    pause = threading.Event()
    while not Path(payload["go"]).exists():
        pause.wait(0.05)
    keep(lease, payload["name"])


def fail(*, payload: dict[str, Any], lease: Lease) -> None:
    raise ValueError("Mrs Smith's film cannot be read")


def refuse(*, payload: dict[str, Any], lease: Lease) -> None:
    raise JobRefused("the film shows a foot, not a hand")


def lose_connection(*, payload: dict[str, Any], lease: Lease) -> None:
    """The database server ends this connection in the middle of the work, once."""
    if not Path(payload["ended"]).exists():
        Path(payload["ended"]).touch()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    keep(lease, payload["name"])


def spawn(*, payload: dict[str, Any], lease: Lease) -> None:
    """Finishes and asks for more work in the same transaction, or neither."""
    with audited_atomic():
        lease.finish()
        add(kind="tests.count", key=f"after-{payload['name']}", payload={"name": payload["name"]})
        if payload.get("break") and lease.attempt == 1:
            raise ValueError
