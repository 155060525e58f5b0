"""An event records tracked rows as they are when the transaction ends; a row without an event is found and named."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from audit.models import Event
from audit.redaction import shown
from audit.trail import NotAudited, audited_atomic, record
from audit.verify import verify
from jobs.models import Pulse
from studies.models import Site, Trial
from tests.audit.conftest import ACTOR, RecordEvent
from tests.protection import lifted
from tests.tracking import Watch, newest_event, record_rows, rows_of, watched

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trial() -> Trial:
    """A trial with two sites, all told."""
    trial = Trial.objects.create(code="TRIAL", title="A trial")
    sites = [Site.objects.create(trial=trial, code=code, name="") for code in ("01", "02")]
    record_rows("TRIAL", [trial, *sites])
    return trial


def found() -> list[tuple[str, str, str]]:
    return [(finding.fault, finding.table, finding.row) for finding in verify().findings]


def test_one_event_records_every_row_of_a_change_without_its_values(trial: Trial) -> None:
    recorded = Event.objects.get().content["tracked"]
    assert [(table, version) for table, _, version, _ in recorded] == [
        ("studies_site", 1),
        ("studies_site", 1),
        ("studies_trial", 1),
    ]
    assert found() == []


def test_the_row_is_recorded_as_it_is_when_the_transaction_ends(trial: Trial) -> None:
    with audited_atomic():
        record_rows("TRIAL", [trial])
        Trial.objects.filter(pk=trial.pk).update(title="Another")
    assert found() == []


def test_an_altered_a_missing_and_an_unknown_row_are_named(trial: Trial) -> None:
    first, second = Site.objects.order_by("pk")
    Site.objects.filter(pk=first.pk).update(name="Elsewhere")
    second.delete()
    third = Site.objects.create(trial=trial, code="03", name="")
    assert sorted(found()) == [
        ("altered row", "studies_site", str(first.pk)),
        ("missing row", "studies_site", str(second.pk or int(first.pk) + 1)),
        ("unknown row", "studies_site", str(third.pk)),
    ]


def test_a_row_that_was_deleted_and_recorded_is_not_missing(trial: Trial) -> None:
    with audited_atomic():
        site = Site.objects.order_by("-pk")[0]
        Site.objects.filter(pk=site.pk).delete()
        record_rows("TRIAL", [site])
    assert found() == []


def test_a_tracked_row_recorded_in_another_trial_is_found(trial: Trial) -> None:
    record_rows("OTHER", [trial])
    assert found() == [("recorded elsewhere", "studies_trial", str(trial.pk))]


def test_a_digest_needs_the_key_outside_the_database(trial: Trial, settings: Any) -> None:
    settings.SEALING_KEY = "0" * 64
    assert ("altered row", "studies_trial", str(trial.pk)) in found()


def test_a_row_of_a_table_that_is_not_tracked_is_refused(record_event: RecordEvent) -> None:
    with pytest.raises(NotAudited, match="jobs_pulse"):
        record_event(tracked=[Pulse(part="worker")])


def again(stream: str, pulse: Pulse) -> None:
    with audited_atomic():
        record(action="tests.note.taken", actor=ACTOR, stream=stream, subject=("jobs.pulse", pulse.part), rows=[pulse])


def test_an_insert_only_row_recorded_again_with_other_content_is_found(regulated: Callable[[str], Pulse]) -> None:
    pulse = regulated("a")
    with lifted():
        Pulse.objects.filter(pk=pulse.pk).update(says="0 of 5")
    pulse.refresh_from_db()
    again("TRIAL", pulse)
    assert ("recorded twice", "jobs_pulse", "a") in found()


def test_an_insert_only_row_recorded_in_a_second_chain_is_found(regulated: Callable[[str], Pulse]) -> None:
    again("OTHER", regulated("a"))
    assert [fault for fault, _, _ in found()] == ["recorded elsewhere"]


def test_no_page_shows_a_digest(trial: Trial) -> None:
    event = Event.objects.get()
    digests = [digest for *_, digest in event.content["tracked"]]
    text = json.dumps(shown(event, "auditor").as_dict(), default=str)
    assert digests
    assert not [digest for digest in digests if digest in text]


def begin_a_trial() -> None:
    """In a thread with a connection of its own."""
    try:
        record_rows("OTHER", [Trial.objects.create(code="OTHER", title="Another")])
    finally:
        connection.close()


@pytest.mark.postgresql
def test_the_guard_of_these_tests_blames_no_transaction_for_the_rows_of_another() -> None:
    with watched() as watch, audited_atomic():
        record_rows("TRIAL", [Trial.objects.create(code="TRIAL", title="A trial")])
        other = threading.Thread(target=begin_a_trial)
        other.start()
        other.join(timeout=30)
    assert Trial.objects.count() == 2
    assert watch.unrecorded == []


def test_the_guard_of_these_tests_names_a_row_that_nobody_recorded(trial: Trial) -> None:
    watch = Watch()
    watch.before, watch.newest_event = {"studies_site": rows_of("studies_site")}, newest_event()
    site = Site.objects.create(trial=trial, code="03", name="")
    watch.compare([])
    assert watch.unrecorded == [f": studies_site {site.pk}"]
