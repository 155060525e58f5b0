"""A trail to work on: one declared action, and a small table that is regulated for the length of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from audit import registry
from audit.protection import PROTECTED, install, protect
from audit.trail import Actor, audited_atomic, record
from jobs.models import Pulse
from tests.protection import lift

ACTOR = Actor(user_id=7, label="Reader One", role="reader")
Tell = Callable[..., None]


@pytest.fixture
def own_actions() -> Iterator[None]:
    """What a test declares is forgotten after it."""
    before = dict(registry.ACTIONS)
    yield
    registry.ACTIONS.clear()
    registry.ACTIONS.update(before)


@pytest.fixture
def tell(own_actions: None) -> Tell:
    """Records an event in its own transaction."""
    hides = {"reason", "changes.score", "details.arm"}
    registry.declare("tests.note.taken", label="Note taken", sentence="took a note", seen_by={"lead"}, hides=hides)

    def tell(stream: str = "TRIAL", **more: Any) -> None:
        with audited_atomic():
            about: dict[str, Any] = {"action": "tests.note.taken", "actor": ACTOR, "subject": ("tests.thing", "1")}
            record(stream=stream, **(about | more))

    return tell


@pytest.fixture
def regulated(tell: Tell, transactional_db: None) -> Iterator[Callable[[str], Pulse]]:
    """Makes rows of a table that is regulated for this test, each recorded in an event."""
    protect("jobs_pulse")
    install()

    def make(part: str) -> Pulse:
        with audited_atomic():
            pulse = Pulse.objects.create(part=part, at=timezone.now(), says="3 of 5")
            record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("jobs.pulse", part), rows=[pulse])
        return pulse

    yield make
    lift()
    del PROTECTED["jobs_pulse"]
    install()
