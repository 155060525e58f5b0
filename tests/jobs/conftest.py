"""Jobs of kinds that only tests know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audit.models import Event
from audit.trail import audited_atomic
from config.job_kinds import KINDS
from jobs.models import Job
from jobs.queue import add
from tests.jobs.names import TEST_KINDS

AddJob = Callable[..., Job]


@pytest.fixture
def add_job(monkeypatch: pytest.MonkeyPatch) -> AddJob:
    """Adds a job of a test's kind in a transaction of its own."""
    for kind, function in TEST_KINDS.items():
        monkeypatch.setitem(KINDS, kind, function)

    def add_one(kind: str, key: str = "1", **payload: Any) -> Job:
        with audited_atomic():
            return add(kind=f"tests.{kind}", key=key, payload={"name": key} | payload)

    return add_one


def kept() -> list[str]:
    """The results that were kept, each once for each time."""
    return list(Event.objects.filter(subject_type="tests.kept").order_by("pk").values_list("subject_id", flat=True))
