"""A value changes after its first signature only with a reason, which stays with the revision."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from audit.verify import verify
from config.errors import BadInput
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import FilmLook, FilmServed, ItemScore, Read
from reading.room.cells import cells_of, timepoints_of
from reading.room.change_reasons import CHANGE_REASONS, NOTE_AT_MOST
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.served import keep_served
from reading.room.sessions import open_read
from reading.room.signing import return_read
from tests.once_per_file import Once
from tests.reading.builders import PASSWORD, build_reading_trial, fill_read, open_campaign_of, serve_films, sign

pytestmark = pytest.mark.django_db
ITEM = "GL-PIP2"


def build_fresh() -> Read:
    """A read of two timepoints that its reader has opened; no film has been sent."""
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=built_trial.people["reader"])
    open_read(read=read, actor=reader_of(read))
    read.refresh_from_db()
    return read


@pytest.fixture(scope="module")
def built(once: Once) -> Read:
    return once(build_fresh)


@pytest.fixture
def fresh(built: Read) -> Read:
    return deepcopy(built)


@pytest.fixture
def returned(fresh: Read) -> Read:
    """The read signed with 0 everywhere, and returned."""
    fill_read(fresh)
    sign(fresh)
    fresh.refresh_from_db()
    coordinator = User.objects.get(name="coordinator")
    actor = Actor(coordinator.pk, "coordinator", "coordinator")
    return_read(read=fresh, actor=actor, user=coordinator, password=PASSWORD, reason="incomplete", note="")
    return fresh


def reader_of(read: Read) -> Actor:
    return Actor(read.reader_id, "reader", "reader")


def edit(read: Read, value: int | None = 2, **changes: Any) -> Operation:
    """A new value for the item at the first timepoint."""
    timepoint, now = timepoints_of(read.steps.get())[0], timezone.now()
    cell = cells_of([timepoint]).get((timepoint.pk, ITEM))
    made = Operation(
        new_token(), timepoint.token, ITEM, value, "", cell.revision if cell else 0, now, "key", 9, seen_at=now
    )
    return replace(made, **changes)


def save(read: Read, operation: Operation) -> None:
    save_values(read=read, actor=reader_of(read), operations=[operation])


@pytest.mark.parametrize("note", ["", "   ", "\t\n", "\u200b \u2060", "\u00a0"])
def test_a_changed_value_without_a_text_is_refused_once_the_read_was_signed(returned: Read, note: str) -> None:
    before = ItemScore.objects.count()
    with pytest.raises(BadInput, match="Say in a few words why you are changing the value"):
        save(returned, edit(returned, change_reason="judged-again", change_note=note))
    with pytest.raises(BadInput, match="Say in a few words"):
        save(returned, edit(returned, value=None, change_reason="judged-again", change_note=note))
    assert ItemScore.objects.count() == before


@pytest.mark.parametrize("reason", ["", "because", " "])
def test_a_reason_that_is_not_on_the_list_is_refused(returned: Read, reason: str) -> None:
    with pytest.raises(BadInput, match="a changed value needs a reason") as refused:
        save(returned, edit(returned, change_reason=reason, change_note="seen again"))
    assert all(label in str(refused.value) for label in CHANGE_REASONS.values())


def test_a_text_that_is_too_long_is_refused_and_nothing_of_it_is_cut_off(returned: Read) -> None:
    with pytest.raises(BadInput, match=f"has 301 characters. At most {NOTE_AT_MOST}"):
        save(returned, edit(returned, change_reason="other", change_note="x" * 301))
    save(returned, edit(returned, change_reason="other", change_note="x" * NOTE_AT_MOST))


def test_the_reason_stays_with_the_revision_and_no_revision_before_the_signature_has_one(returned: Read) -> None:
    save(returned, edit(returned, change_reason="overlooked", change_note=" a small  erosion "))
    newest = ItemScore.objects.get(item=ITEM, revision=2)
    assert (newest.after_signature, newest.change_reason) == (True, "overlooked")
    assert newest.change_note == "a small erosion"
    earlier = ItemScore.objects.filter(revision=1)
    assert set(earlier.values_list("after_signature", "change_reason", "change_note")) == {(False, "", "")}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reading_itemscore SET change_note = 'another' WHERE revision = 2")


def test_the_same_value_entered_again_needs_no_reason(returned: Read) -> None:
    save(returned, edit(returned, value=0))
    assert ItemScore.objects.get(item=ITEM, revision=2).after_signature


def test_before_the_first_signature_nothing_is_asked_and_a_reason_is_not_kept(fresh: Read) -> None:
    serve_films(fresh, timepoints_of(fresh.steps.get()))
    save(fresh, edit(fresh, 1))
    save(fresh, edit(fresh, 2, change_reason="other", change_note="no need"))
    assert set(ItemScore.objects.values_list("change_reason", flat=True)) == {""}


def test_the_reason_costs_a_save_no_statement(returned: Read) -> None:
    def statements(operation: Operation) -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            save(returned, operation)
        return len(counted)

    same = statements(edit(returned, value=0))
    changed = statements(edit(returned, change_reason="other", change_note="seen again"))
    assert changed == same


@pytest.mark.parametrize(
    ("hours", "plausible"), [(0, True), (-23.9, True), (-24.1, False), (24.1, False), (90000, False)]
)
def test_a_time_far_from_the_servers_is_kept_and_marked(fresh: Read, hours: float, plausible: bool) -> None:
    serve_films(fresh, timepoints_of(fresh.steps.get()))
    recorded = timezone.now() + timedelta(hours=hours)
    save(fresh, edit(fresh, captured_at=recorded, seen_at=recorded))
    score, look = ItemScore.objects.get(), FilmLook.objects.get()
    assert (score.captured_at, score.captured_plausible) == (recorded, plausible)
    assert (look.seen_at, look.seen_plausible) == (recorded, plausible)


def test_the_newest_revision_counts_whatever_the_clock_of_the_reader_says(fresh: Read) -> None:
    serve_films(fresh, timepoints_of(fresh.steps.get()))
    save(fresh, edit(fresh, 1, captured_at=timezone.now() + timedelta(days=900)))
    save(fresh, edit(fresh, 2, captured_at=timezone.now() - timedelta(days=900)))
    timepoint = timepoints_of(fresh.steps.get())[0]
    assert cells_of([timepoint])[timepoint.pk, ITEM].value == 2


def test_that_a_film_was_seen_counts_only_when_it_was_sent_for_this_read(fresh: Read) -> None:
    other = Read.objects.exclude(pk=fresh.pk).get()
    serve_films(other, timepoints_of(other.steps.get()))
    with pytest.raises(BadInput, match="has not been opened in full"):
        save(fresh, edit(fresh))
    assert not ItemScore.objects.exists()
    serve_films(fresh, timepoints_of(fresh.steps.get()))
    save(fresh, edit(fresh))


def test_that_a_film_was_sent_is_stored_once_and_recorded(fresh: Read) -> None:
    shown = timepoints_of(fresh.steps.get())[0]
    films = list(shown.films.all())
    keep_served(read=fresh, actor=reader_of(fresh), films=films[:1])
    first = FilmServed.objects.get()
    keep_served(read=fresh, actor=reader_of(fresh), films=films)
    assert FilmServed.objects.count() == len(films)
    assert FilmServed.objects.get(pk=first.pk).served_at == first.served_at
    assert verify().findings == []
