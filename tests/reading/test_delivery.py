"""Requests that come twice, late or in the wrong order change nothing that they should not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from audit.trail import Actor
from config.tokens import new_token
from reading.models import DisplayedTimepoint, ItemScore, Read
from reading.room.cells import cells_of, timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from tests.reading.test_looks import read

pytestmark = pytest.mark.django_db
__all__ = ["read"]


def operation(timepoint: DisplayedTimepoint, value: int, base_revision: int) -> Operation:
    now = timezone.now()
    return Operation(new_token(), timepoint.token, "GL-PIP2", value, "", base_revision, now, "key", 900, seen_at=now)


def statuses(read: Read, *operations: Operation) -> list[str]:
    saved = save_values(read=read, actor=Actor(read.reader_id, "reader", "reader"), operations=operations)
    return [outcome.status for outcome in saved.outcomes]


def stored() -> list[tuple[int, int | None]]:
    return list(ItemScore.objects.order_by("revision").values_list("revision", "value"))


def test_a_request_that_comes_twice_is_stored_once(read: Read) -> None:
    timepoint = timepoints_of(read.steps.get())[0]
    request = (operation(timepoint, 1, 0), operation(timepoint, 2, 1))
    assert statuses(read, *request) == ["saved", "saved"]
    assert statuses(read, *request) == ["duplicate", "duplicate"]
    assert stored() == [(1, 1), (2, 2)]


def test_requests_in_the_wrong_order_end_with_the_value_entered_last(read: Read) -> None:
    timepoint = timepoints_of(read.steps.get())[0]
    first, second = operation(timepoint, 1, 0), operation(timepoint, 2, 1)
    assert statuses(read, second) == ["conflict"]
    assert statuses(read, first) == ["saved"]
    assert statuses(read, second) == ["saved"]
    assert statuses(read, first) == ["duplicate"]
    assert stored() == [(1, 1), (2, 2)]


def test_an_answer_that_was_lost_is_given_again_with_what_was_stored(read: Read) -> None:
    timepoint = timepoints_of(read.steps.get())[0]
    sent = operation(timepoint, 4, 0)
    actor = Actor(read.reader_id, "reader", "reader")
    (first,) = save_values(read=read, actor=actor, operations=[sent]).outcomes
    (again,) = save_values(read=read, actor=actor, operations=[replace(sent, value=4)]).outcomes
    assert replace(again, status="saved") == first


def test_the_cells_of_a_read_come_in_one_order_whatever_order_they_were_entered_in(read: Read) -> None:
    timepoints, items = timepoints_of(read.steps.get()), ("GL-MCP2", "GL-MCP3", "GL-PIP2")
    for timepoint, entered in zip(timepoints, (items, items[::-1]), strict=True):
        for item in entered:
            statuses(read, replace(operation(timepoint, 1, 0), item=item))
    cells = cells_of(timepoints)
    for timepoint in timepoints:
        assert [item for pk, item in cells if pk == timepoint.pk] == list(items)
