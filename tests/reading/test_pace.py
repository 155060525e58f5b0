"""The pace a charter sets: a pause between cases, so many in a sitting, so many in a day."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.charter.terms import Terms
from reading.issuing.assignments import request_batch
from reading.models import Read, ReadStatus, ReadStep
from reading.room.pace import CaseSpan, why_wait
from reading.room.sessions import open_read
from tests.reading.builders import BuiltTrial, begun, build_reading_trial, fill_read, open_campaign_of, read_through

NOON = timezone.make_aware(datetime(2025, 6, 2, 12, 0))  # noqa: DTZ001


def spans(*minutes_ago: tuple[int, int]) -> list[CaseSpan]:
    """Cases by when they began and ended, in minutes before noon."""
    return [CaseSpan(NOON - timedelta(minutes=began), NOON - timedelta(minutes=ended)) for began, ended in minutes_ago]


def test_without_limits_there_is_no_wait() -> None:
    assert why_wait(Terms(), spans((5, 0), (3, 1)), NOON) is None


def test_the_pause_counts_from_the_signature_of_the_last_case() -> None:
    terms = Terms(read_interval_minutes=10)
    wait = why_wait(terms, spans((60, 50), (30, 4)), NOON)
    assert wait is not None
    assert wait.until == NOON + timedelta(minutes=6)
    assert why_wait(terms, spans((30, 10)), NOON) is None


def test_a_long_pause_begins_a_new_sitting() -> None:
    terms = Terms(cases_per_sitting=3, sitting_pause_minutes=30)
    assert why_wait(terms, spans((100, 80), (40, 30), (20, 5)), NOON) is None
    wait = why_wait(terms, spans((60, 41), (40, 30), (20, 5)), NOON)
    assert wait is not None
    assert wait.until == NOON + timedelta(minutes=25)


def test_a_day_ends_at_midnight() -> None:
    terms = Terms(cases_per_day=2)
    assert why_wait(terms, spans((60 * 13, 60 * 13), (30, 20)), NOON) is None
    wait = why_wait(terms, spans((60, 50), (30, 20)), NOON)
    assert wait is not None
    assert timezone.localtime(wait.until).hour == 0


@pytest.fixture
def built_trial(db: None) -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def worklist_of(built_trial: BuiltTrial, **terms: object) -> tuple[Client, list[Read]]:
    campaign = open_campaign_of(built_trial, concordant_share=0.0, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    return client, list(Read.objects.filter(reader=built_trial.people["reader"]).order_by("queue_position"))


def test_a_case_too_many_is_refused_in_plain_words_and_the_worklist_says_from_when_it_may_be_begun(
    built_trial: BuiltTrial,
) -> None:
    client, (first, second) = worklist_of(built_trial, cases_per_sitting=1)
    read_through(first)
    answer = begun(client, f"/read/{second.token}/")
    assert answer.status_code == 409
    assert re.search(
        r"after \d{4}-\d\d-\d\d \d\d:\d\d UTC: 1 case started in this sitting; the charter allows 1",
        answer.content.decode(),
    )
    page = client.get("/read/").content.decode()
    assert "at most 1 case in a sitting" in page
    assert re.search(r"You can start the next case after <time datetime=[^>]+>[^<]+ UTC</time>: 1 case", page)
    assert "Read the next case" not in page
    second.refresh_from_db()
    assert second.status == ReadStatus.ISSUED
    earlier = timezone.now() - timedelta(minutes=31)
    ReadStep.objects.filter(read=first).update(opened_at=earlier, locked_at=earlier)
    assert begun(client, f"/read/{second.token}/").status_code == 200


def test_what_was_begun_can_be_gone_on_with_and_another_reader_is_not_held_up(built_trial: BuiltTrial) -> None:
    client, (first, second) = worklist_of(built_trial, cases_per_day=1)
    assert begun(client, f"/read/{first.token}/").status_code == 200
    assert begun(client, f"/read/{first.token}/").status_code == 200
    with pytest.raises(WrongState, match="1 case started today"):
        fill_read(second)
    fill_read(Read.objects.filter(reader=built_trial.people["reader.two"])[0])


def test_the_steps_of_a_hybrid_are_one_case(built_trial: BuiltTrial) -> None:
    _, reads = worklist_of(built_trial, cases_per_day=1, presentation="alone-then-together")
    read_through(reads[0])
    assert reads[0].status == ReadStatus.SIGNED
    with pytest.raises(WrongState, match="You can start the next case after"):
        fill_read(reads[1])


class SecondTab(threading.Thread):
    """Begins a read in a connection of its own, while the first tab's transaction is still open."""

    def __init__(self, read: Read, actor: Actor) -> None:
        super().__init__()
        self.read, self.actor = read, actor
        self.refused: WrongState | None = None
        self.process, self.connected = 0, threading.Event()

    def run(self) -> None:
        connection.ensure_connection()
        self.process = connection.connection.info.backend_pid
        self.connected.set()
        try:
            open_read(read=self.read, actor=self.actor)
        except WrongState as refusal:
            self.refused = refusal
        finally:
            connections.close_all()

    def waits_for_the_first(self) -> bool:
        """Until it waits for a lock or has ended."""
        self.connected.wait(10)
        while self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [self.process])
                if cursor.fetchone() != (0,):
                    return True
            self.join(0.01)
        return False


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_do_not_pass_the_cap() -> None:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
    _, (first, second) = worklist_of(built_trial, cases_per_day=1)
    second = Read.objects.select_related("case__campaign__charter", "case__campaign__trial").get(pk=second.pk)
    tab = SecondTab(second, built_trial.actor("reader"))
    with audited_atomic():
        open_read(read=first, actor=built_trial.actor("reader"))
        tab.start()
        assert tab.waits_for_the_first()
    tab.join(10)
    assert tab.refused is not None
    assert "1 case started today" in str(tab.refused)
    assert list(Read.objects.filter(reader=built_trial.people["reader"], status=ReadStatus.OPENED)) == [first]
