"""No score without its film having been opened whole, as the server knows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from audit.trail import Actor
from config.errors import BadInput
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import DisplayedTimepoint, FilmLook, ItemScore, Read
from reading.room.cells import timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.sessions import open_read
from tests.reading.builders import build_reading_trial, open_campaign_of, serve_films

pytestmark = pytest.mark.django_db


@pytest.fixture
def read() -> Read:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=built_trial.people["reader"])
    open_read(read=read, actor=Actor(read.reader_id, "reader", "reader"))
    read.refresh_from_db()
    serve_films(read, timepoints_of(read.steps.get()))
    return read


def one_score(timepoint: DisplayedTimepoint, item: str = "GL-PIP2") -> Operation:
    now = timezone.now()
    return Operation(new_token(), timepoint.token, item, 2, "", 0, now, "key", 900)


def save(read: Read, *operations: Operation) -> None:
    save_values(read=read, actor=Actor(read.reader_id, "reader", "reader"), operations=operations)


def test_a_score_for_a_film_that_was_not_opened_whole_is_refused(read: Read) -> None:
    timepoint = timepoints_of(read.steps.get())[0]
    with pytest.raises(
        BadInput, match=f"The film of the left hand at timepoint {timepoint.letter} has not been opened"
    ):
        save(read, one_score(timepoint))
    assert not ItemScore.objects.exists()


def test_the_first_score_of_a_film_records_that_it_was_opened_and_later_ones_need_not(read: Read) -> None:
    timepoint = timepoints_of(read.steps.get())[0]
    first = replace(one_score(timepoint), seen_at=timezone.now())
    save(read, first)
    save(read, one_score(timepoint, "GL-PIP3"))
    look = FilmLook.objects.get()
    assert (look.film.timepoint, look.film.side, look.film.view) == (timepoint, "L", "hand")
    assert look.seen_at == first.seen_at
    assert ItemScore.objects.count() == 2


def test_one_opened_film_does_not_stand_for_another(read: Read) -> None:
    first, second = timepoints_of(read.steps.get())
    opened = replace(one_score(first), seen_at=timezone.now())
    with pytest.raises(BadInput, match=f"timepoint {second.letter}"):
        save(read, opened, one_score(second))
    with pytest.raises(BadInput, match="right hand"):
        save(read, opened, one_score(first, "GR-PIP2"))


def test_the_same_operation_again_makes_no_second_look(read: Read) -> None:
    operation = replace(one_score(timepoints_of(read.steps.get())[0]), seen_at=timezone.now())
    save(read, operation)
    save(read, operation)
    assert FilmLook.objects.count() == ItemScore.objects.count() == 1
