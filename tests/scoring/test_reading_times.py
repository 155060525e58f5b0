"""Unusually fast entry is a finding for the imaging lead once the read is signed, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.trail import Actor
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Read
from reading.room.cells import cells_of, instrument_of, timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.sessions import open_read
from reading.room.steps import open_step
from scoring.reading_times import FASTEST_SECONDS
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, serve_films, sign

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/times/"


@pytest.fixture
def reads() -> tuple[BuiltTrial, list[Read]]:
    """One case of two timepoints, issued to two readers."""
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return built_trial, list(Read.objects.select_related("reader", "case__campaign__trial").order_by("pk"))


def enter(read: Read, seconds: float) -> None:
    """Fills every cell within so many seconds of the reader's clock, which is a day slow, and signs."""
    actor, step = Actor(read.reader_id, str(read.reader), "reader"), open_step(read)
    assert step is not None
    open_read(read=read, actor=actor, step=step)
    read.refresh_from_db()
    timepoints = timepoints_of(step)
    serve_films(read, timepoints)
    places = [(one, item) for one in timepoints for item in instrument_of(read).items]
    began = timezone.now() - timedelta(days=1)
    operations = [
        Operation(
            op_id=new_token(),
            timepoint=one.token,
            item=item.key,
            value=0,
            reason="",
            base_revision=0,
            captured_at=began + timedelta(seconds=seconds * number / (len(places) - 1)),
            seen_at=began,
            entry="key",
            dwell_ms=10,
        )
        for number, (one, item) in enumerate(places)
    ]
    save_values(read=read, actor=actor, operations=operations, step=step)
    assert len(cells_of(timepoints)) == len(places)
    sign(read)


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def test_the_imaging_lead_finds_the_fast_read_and_not_the_other(reads: tuple[BuiltTrial, list[Read]]) -> None:
    built_trial, (fast, calm) = reads
    lead = browser(built_trial, "lead")
    assert "No read of this campaign has been signed yet" in lead.get(PAGE).content.decode()
    enter(fast, 6)
    enter(calm, 2 * FASTEST_SECONDS + 1)
    rows = lead.get(f"{PAGE}?format=csv").getvalue().decode().lstrip("\ufeff").splitlines()
    assert rows[0].startswith("Case,Reader,Kind,Timepoints,Seconds,Seconds for each timepoint,Finding")
    assert [row.split(",")[1:7] for row in rows[1:]] == [
        [str(fast.reader), "Primary", "2", "6.0", "3.0", "Unusually fast"],
        [str(calm.reader), "Primary", "2", "41.0", "20.5", ""],
    ]
    assert len(lead.get(f"{PAGE}?format=csv&finding=True").getvalue().decode().splitlines()) == 2
    assert "Reads entered unusually fast" in lead.get("/").content.decode()
    assert PAGE in lead.get("/trials/TWO/results/").content.decode()


def test_neither_the_reader_nor_anybody_else_learns_of_it(reads: tuple[BuiltTrial, list[Read]]) -> None:
    built_trial, (fast, _) = reads
    enter(fast, 6)
    for who in ("reader", "reader.two", "coordinator", "statistician", "auditor", "sponsor"):
        client = browser(built_trial, who)
        assert client.get(PAGE).status_code in (403, 404), who
        assert "unusually fast" not in client.get("/").content.decode().lower(), who
    own = browser(built_trial, "reader" if fast.reader == built_trial.people["reader"] else "reader.two")
    assert "fast" not in own.get("/read/").content.decode()
