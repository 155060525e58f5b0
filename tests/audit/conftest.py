"""A trail to work on: one declared action, and a small table that is regulated for the length of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit import declared_actions
from audit.protection import PROTECTED, install, protect
from audit.trail import Actor, audited_atomic, record
from jobs.models import Pulse
from tests.protection import lift
from tests.reading.builders import build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.studies.arms_cast import make_holders

ACTOR = Actor(user_id=7, label="Reader One", role="reader")
RecordEvent = Callable[..., None]


@pytest.fixture
def own_actions() -> Iterator[None]:
    """What a test declares is forgotten after it."""
    before = dict(declared_actions.ACTIONS)
    yield
    declared_actions.ACTIONS.clear()
    declared_actions.ACTIONS.update(before)


@pytest.fixture
def record_event(own_actions: None) -> RecordEvent:
    """Records an event in its own transaction."""
    hides = {"reason", "changes.score", "details.arm"}
    declared_actions.declare(
        "tests.note.taken", label="Note taken", sentence="took a note", seen_by={"lead"}, hides=hides
    )

    def record_event(stream: str = "TRIAL", **more: Any) -> None:
        with audited_atomic():
            about: dict[str, Any] = {"action": "tests.note.taken", "actor": ACTOR, "subject": ("tests.thing", "1")}
            record(stream=stream, **(about | more))

    return record_event


@pytest.fixture
def regulated(record_event: RecordEvent, transactional_db: None) -> Iterator[Callable[[str], Pulse]]:
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


@pytest.fixture
def line(db: None, tmp_path: Path) -> None:
    """A locked dataset, and everything that leads to it, made by the functions people's pages call."""
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W52"))
    holders = make_holders(
        built_trial.trial, built_trial.actor("coordinator"), built_trial.people["coordinator"], tmp_path, custodians=2
    )
    holders.seal({subject.code: "A" for subject in built_trial.subjects})
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign, lambda timepoint, item: 1)
    lock_it(built_trial, campaign)
    connection.check_constraints()  # PostgreSQL alters no table on which a deferred check is pending
