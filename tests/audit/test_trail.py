"""An event is recorded with its change or not at all, in one chain per stream."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from audit.chain import GENESIS, event_hash
from audit.declared_actions import UnknownAction, declare
from audit.models import Event, Head
from audit.trail import NotAudited, audited_atomic, record
from jobs.models import Pulse
from jobs.pulse import beat
from tests.audit.conftest import ACTOR, RecordEvent

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_which_record_when_and_why(record_event: RecordEvent) -> None:
    record_event(
        changes={"threshold": [Decimal("5.0"), Decimal("7.5")], "day": [None, date(2026, 3, 1)]}, reason="amendment"
    )
    event = Event.objects.get()
    assert (event.actor_label, event.role, event.subject_type, event.subject_id) == (
        "Reader One",
        "reader",
        "tests.thing",
        "1",
    )
    assert event.content["changes"] == {"threshold": ["5.0", "7.5"], "day": [None, "2026-03-01"]}
    assert event.content["reason"] == "amendment"
    assert event.content["at"].endswith("Z")


def test_each_event_carries_the_hash_of_the_one_before_it(record_event: RecordEvent) -> None:
    for _ in range(3):
        record_event()
    events = list(Event.objects.order_by("seq"))
    assert [event.prev for event in events] == [GENESIS, events[0].hash, events[1].hash]
    assert all(event.hash == event_hash(event.stream, event.seq, event.prev, event.body) for event in events)
    assert (Head.objects.get().seq, Head.objects.get().hash) == (3, events[2].hash)


def test_the_hash_is_the_one_an_outsider_computes_from_the_written_rule() -> None:
    import hashlib

    place = b"\x00\x01" + b"\x00\x05" + b"TRIAL" + bytes(7) + b"\x01" + bytes(32)
    assert event_hash("TRIAL", 1, GENESIS, '{"a":"é"}') == hashlib.sha256(place + '{"a":"é"}'.encode()).hexdigest()


def test_streams_grow_apart(record_event: RecordEvent) -> None:
    record_event("ONE")
    record_event("TWO")
    record_event("ONE")
    assert list(Head.objects.order_by("pk").values_list("pk", "seq")) == [("ONE", 2), ("TWO", 1)]


def record_and_fail() -> None:
    with audited_atomic():
        record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("undone", "1"))
        beat("worker")
        raise ZeroDivisionError


def test_a_change_that_fails_leaves_no_event(record_event: RecordEvent) -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert not Event.objects.exists()
    assert not Pulse.objects.exists()


def test_a_part_that_is_undone_takes_its_events_with_it(record_event: RecordEvent) -> None:
    with audited_atomic():
        record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("kept", "1"))
        with pytest.raises(ZeroDivisionError):
            record_and_fail()
        with audited_atomic():
            record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("kept too", "1"))
    assert list(Event.objects.order_by("seq").values_list("subject_type", flat=True)) == ["kept", "kept too"]


def test_events_of_one_transaction_share_a_group(record_event: RecordEvent) -> None:
    with audited_atomic():
        record_event()
        record_event()
    record_event()
    groups = [event.content["group"] for event in Event.objects.order_by("seq")]
    assert groups[0] == groups[1] != groups[2]


def test_recording_outside_a_transaction_is_refused(record_event: RecordEvent) -> None:
    with pytest.raises(NotAudited, match="outside"):
        record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("a", "1"))


def test_recording_inside_a_plain_transaction_is_refused(record_event: RecordEvent) -> None:
    with pytest.raises(NotAudited, match="use audited_atomic"), audited_atomic(), transaction.atomic():
        record(action="tests.note.taken", actor=ACTOR, stream="TRIAL", subject=("a", "1"))


@pytest.mark.django_db(transaction=True)
def test_an_audited_change_cannot_hide_inside_a_plain_transaction(record_event: RecordEvent) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_event()


@pytest.mark.django_db(transaction=True)
def test_what_runs_on_commit_records_in_a_transaction_of_its_own(record_event: RecordEvent) -> None:
    with audited_atomic():
        record_event()
        transaction.on_commit(lambda: record_event("LATER"))
    assert Head.objects.get(pk="LATER").seq == 1


def test_an_undeclared_action_is_refused(record_event: RecordEvent) -> None:
    with pytest.raises(UnknownAction, match="tests.thing.frobnicated"):
        record_event(action="tests.thing.frobnicated")


def test_an_action_has_one_meaning(record_event: RecordEvent) -> None:
    with pytest.raises(ValueError, match="twice"):
        declare("tests.note.taken", label="Something else", sentence="did something else", seen_by=set())


def test_rows_of_a_table_that_is_not_protected_are_refused(record_event: RecordEvent) -> None:
    beat("worker")
    with pytest.raises(NotAudited, match="jobs_pulse"):
        record_event(rows=[Pulse.objects.get()])
