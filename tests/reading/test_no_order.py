"""Nothing in a dump without keys tells whose case it is or which timepoint is which visit, also after films moved."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import identities
from reading.issuing.moved_films import move_and_reissue
from reading.models import Case, ReadStep, SealedTimepoint
from reading.seals import unseal
from studies.models import Film, Visit
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.joined_sides import ABOVE_FILM, ABOVE_SHOWN, DumpedTables, JoinedColumns, JoinedSide, named_together
from tests.reading.joining import IMPROBABLE, links, ranked
from tests.reading.test_line import read_all

pytestmark = pytest.mark.django_db
SUBJECTS, VISITS = 13, ("W00", "W24")
# A film moves together with the cases that showed it; docs/blinding.md declares which cases these are.
MOVED = {"studies.film.moved", "reading.case.voided", "reading.case.reissued"}
Signs = npt.NDArray[np.int64]
Pair = tuple[int, int]  # the timepoints of a step, the earlier visit first


@pytest.fixture(scope="module")
def prepared(once: Once) -> BuiltTrial:
    return once(read_by_two)


@pytest.fixture
def built_trial(prepared: BuiltTrial, db: None) -> BuiltTrial:
    return deepcopy(prepared)


def read_by_two() -> BuiltTrial:
    """A trial in which every case was read and signed by two people."""
    made = build_reading_trial(subjects=SUBJECTS, visits=VISITS)
    read_all(made, open_campaign_of(made, concordant_share=0.0))
    return made


def exchange(built_trial: BuiltTrial) -> None:
    """The two visits of every subject are exchanged, from one or from the other; every case is issued again."""
    draw = Random(8)
    for subject in built_trial.subjects:
        one, other = draw.sample(list(Visit.objects.select_related("subject").filter(subject=subject)), 2)
        film = Film.objects.select_related("trial", "site", "subject", "visit").filter(visit=one).order_by("pk")[0]
        signs = built_trial.signs("coordinator")
        move_and_reissue(film=film, visit=other, scope="exchange", reason="two visits were exchanged", **signs)
        run_due_jobs()


def test_no_value_and_no_rank_links_a_case_to_its_subject(built_trial: BuiltTrial) -> None:
    tables, subjects, cases = DumpedTables(), JoinedSide(), JoinedSide()
    for film in tables.by_key("studies_film").values():
        visit = tables.by_key("studies_visit")[str(film["visit_id"])]["code"]
        subjects.add_rows(film["subject_id"], tables.around("studies_film", film, ABOVE_FILM), f" at {visit}")
    for film in tables.by_key("reading_displayedfilm").values():
        rows = list(tables.around("reading_displayedfilm", film, ABOVE_SHOWN))
        shown = dict(reversed(rows))
        whose = f" of {shown['reading_read']['reader_id']} as {shown['reading_displayedtimepoint']['letter']}"
        cases.add_rows(shown["reading_case"]["id"], rows, whose)
    subjects.add_records()
    cases.add_records()
    frozen = identities(list(Case.objects.all()))
    tried, found = links(subjects.columns, cases.columns, [{case: one.subject for case, one in frozen.items()}])
    assert found == [], found[:40]
    assert tried > 10_000
    assert named_together() == set()


def test_no_column_tells_which_timepoint_is_which_visit_even_after_visits_were_exchanged(
    built_trial: BuiltTrial,
) -> None:
    exchange(built_trial)
    tables, timepoints = DumpedTables(), JoinedSide()
    for shown in tables.by_key("reading_displayedfilm").values():
        rows = tables.around("reading_displayedfilm", shown, ABOVE_SHOWN)
        image = "studies_readerimage", tables.by_key("studies_readerimage")[shown["reader_image_id"]]
        timepoints.add_rows(shown["timepoint_id"], [*rows, image], f" {shown['side']} {shown['view']}")
    timepoints.add_records()
    pairs = in_true_order()
    assert len(pairs) == 2 * 2 * SUBJECTS
    tried, found = in_order(timepoints.columns, pairs)
    assert found == [], found[:40]
    assert tried > 40
    assert [actions for actions in named_together() if not set(actions) >= MOVED] == []


def in_true_order() -> list[Pair]:
    """The timepoints of every step that was ever shown, by the visit that was sealed with them."""
    days = dict(Visit.objects.values_list("pk", "plan__target_day"))
    pairs = []
    for step in ReadStep.objects.order_by("pk"):
        own = {}
        for one in SealedTimepoint.objects.select_related("timepoint").filter(timepoint__step=step):
            own[days[unseal(one.sealed, bound_to=f"timepoint {one.timepoint.token}")["visit"]]] = one.timepoint_id
        pairs.append((own[min(own)], own[max(own)]))
    return pairs


def in_order(columns: JoinedColumns, pairs: Sequence[Pair]) -> tuple[int, list[str]]:
    """How many columns were compared with the true order, and those that follow it, or its reverse, more often than
    chance allows."""
    tried = signs_of(columns, pairs)
    signs = np.array(list(tried.values()))
    differing, agreeing = np.abs(signs).sum(axis=1), np.abs(signs.sum(axis=1))
    probable = 2 * binom.sf((differing + agreeing) // 2 - 1, differing, 0.5)
    return len(tried), [name for name, one in zip(tried, probable, strict=True) if one < IMPROBABLE / len(tried)]


def signs_of(columns: JoinedColumns, pairs: Sequence[Pair]) -> dict[str, Signs]:
    """For each column, which timepoint of each step has the larger value; of columns that agree in all, the first."""
    kept: dict[bytes, tuple[str, Signs]] = {}
    for name, column in columns.items():
        owners = sorted(column)
        values: dict[Any, float] = dict(zip(owners, ranked([column[one] for one in owners]), strict=True))
        signs = np.array([np.sign(values.get(b, np.nan) - values.get(a, np.nan)) for a, b in pairs])
        signs = np.nan_to_num(signs).astype(np.int64)
        if signs.any() and (-signs).tobytes() not in kept:
            kept.setdefault(signs.tobytes(), (name, signs))
    return dict(kept.values())
