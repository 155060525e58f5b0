"""Leaks planted where reads are drawn, numbered and addressed; they act while a world is built."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reading.issuing import drawing, planned_reads
from reading.issuing import reads as issuing
from reading.issuing.presentations import StepPlan
from reading.models import Case
from studies.models import Visit
from tests.blinding.leaks_of_readers import FRESH, TURNED
from tests.blinding.planted import (
    leak,
    reshaped,
    subject_of,
)


@leak("ORDER BY visit date instead of the draw", "reader", building=True)
def order_by_date(patch: pytest.MonkeyPatch) -> None:
    def in_order(presentation: str, seed: bytes, token: str, true_order: Any, key: Any) -> Any:
        return (StepPlan(tuple(true_order)),)

    patch.setattr(drawing, "plan_steps", in_order)


@leak("draw that starts from the order of visits", "reader", building=True)
def start_by_visit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drawing, "first_image", lambda timepoint: timepoint.day)


@leak("letters in chronological order", "reader", building=True)
def letters(patch: pytest.MonkeyPatch) -> None:
    def ranked(made: tuple[Any, ...], shown: Any) -> tuple[Any, ...]:
        days = sorted(timepoint.day for timepoint in shown)
        return tuple(replace(one, letter="ABCDEF"[days.index(t.day)]) for one, t in zip(made, shown, strict=True))

    reshaped("reading.issuing.drawing.draw_timepoints", ranked)(patch)


@leak("tokens ordered by time (UUIDv7)", "reader", "screen", building=True)
def time_ordered(patch: pytest.MonkeyPatch) -> None:
    def ordered(made: tuple[Any, ...], shown: Any) -> tuple[Any, ...]:
        days = [timepoint.day.replace("-", "") for timepoint in shown]
        return tuple(replace(one, token=f"{day}{one.token[8:]}") for one, day in zip(made, days, strict=True))

    reshaped("reading.issuing.drawing.draw_timepoints", ordered)(patch)


@leak("film token made from the visit number", "reader", building=True)
def derived_token(patch: pytest.MonkeyPatch) -> None:
    def derived(made: list[Any], timepoint: Any) -> list[Any]:
        code = Visit.objects.get(pk=timepoint.visit).code
        return [replace(film, token=f"{film.token[:20]}{code}{film.token[24:]}") for film in made]

    reshaped("reading.issuing.drawing.draw_films", derived)(patch)


@leak("queue in the order of upload", "reader", "worklist", building=True, first=FRESH, second=TURNED)
def queue_by_upload(patch: pytest.MonkeyPatch) -> None:
    def by_upload(places: Any, seed: Any) -> Any:
        return places

    original = planned_reads.draw_places

    def uploaded(seed: bytes, drawn: Any, share: float) -> Any:
        places = original(seed, drawn, share)
        cases = Case.objects.in_bulk([one.assignment.case for one in drawn])
        first = {one.token: subject_of(cases[one.assignment.case]).films.order_by("pk")[0].pk for one in drawn}
        ranks = sorted(first.values())
        places.positions.update({token: ranks.index(pk) for token, pk in first.items()})
        return by_upload(places, seed)

    patch.setattr(issuing, "draw_places", uploaded)
