"""A whole trial through the database: readers without error return the truth, and an interrupted run continues."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.errors import WrongState
from reading.charter.versions import current_charter
from rehearsal.trial.design import Design
from rehearsal.trial.design_file import find_design
from rehearsal.trial.run import RehearsalPlan
from rehearsal.whole.planning import CODE, RESCUE, prepare
from rehearsal.whole.playing import play
from scoring.models import ArmsReport, ArmsReportStatus, Dataset, DatasetStatus
from studies.models import Film, Trial, Visit
from tests.cast import make_user
from tests.rehearsal.trial.test_truth_returns import PEOPLE, faultless, quiet

pytestmark = pytest.mark.django_db(transaction=True)


def plan(subjects: int, design: Design) -> RehearsalPlan:
    return RehearsalPlan(design, subjects, 2, 1, people=PEOPLE)


def test_a_trial_is_planned_once_and_found_again() -> None:
    one, again = (prepare(plan(30, find_design("ra-beam")), quiet) for _ in range(2))
    assert (one.trial, one.subjects) == (again.trial, again.subjects)
    assert [site.code for site in one.trial.sites.order_by("code")] == ["001", "002"]
    assert sorted(one.trial.visit_plans.values_list("code", flat=True)) == ["W00", "W24", "W52"]
    rescued = Visit.objects.filter(code=RESCUE).count()
    assert rescued == one.courses.present[:, -1].sum() > 0
    charter = current_charter(one.trial)
    assert charter is not None
    assert charter.terms["adjudication_threshold"] == 3.0
    assert np.array_equal(one.courses.totals, again.courses.totals)


def test_a_database_with_another_trial_is_refused() -> None:
    Trial.objects.create(code="LIVE", title="A trial with patients")
    with pytest.raises(WrongState, match="This database holds trial LIVE. Rehearse a trial on a database of its own."):
        prepare(plan(30, find_design("ra-beam")), quiet)
    assert not Trial.objects.filter(code=CODE).exists()


def test_a_database_with_people_or_another_rehearsal_is_refused() -> None:
    person = make_user("someone@hospital.example", "someone")
    with pytest.raises(WrongState, match="This database holds accounts of people. Rehearse a trial on a database of"):
        prepare(plan(4, find_design("ra-beam")), quiet)
    person.delete()
    prepare(plan(4, find_design("ra-beam")), quiet)
    with pytest.raises(WrongState, match="This database holds the rehearsal “.*, 4 subjects, seed 2”, not “.*, 5 sub"):
        prepare(plan(5, find_design("ra-beam")), quiet)


def test_a_trial_that_would_end_in_the_future_is_refused() -> None:
    design = find_design("ra-beam")
    first, second = design.visits
    with pytest.raises(WrongState, match=r"A film or an event would have the date 2\d{3}-.*, which is in the future."):
        prepare(plan(4, replace(design, visits=(first, replace(second, week=500)))), quiet)


def test_a_production_installation_is_refused(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(
        WrongState, match="This is a production installation. Rehearse a trial on a database of its own."
    ):
        prepare(plan(30, find_design("ra-beam")), quiet)


@pytest.mark.full
def test_readers_without_error_return_the_truth_of_a_whole_trial(tmp_path: Path) -> None:
    design = replace(faultless(find_design("ra-beam")), absent=0.0)
    rows = play(plan(8, design), tmp_path, quiet)
    observed = [row for row in rows if not row["origin"]]
    assert len(observed) > 8
    assert all(Fraction(str(row["returned"])) == row["true"] for row in observed)
    assert Dataset.objects.get().status == DatasetStatus.LOCKED
    assert ArmsReport.objects.get().status == ArmsReportStatus.READY
    assert (tmp_path / "by-arm" / "index.html").is_file()
    films = Film.objects.count()
    play(plan(8, design), tmp_path, quiet)
    assert Film.objects.count() == films
    with (tmp_path / "timing.csv").open(newline="") as file:
        stages = [line["stage"] for line in csv.DictReader(file)]
    assert stages[0] == "trial, subjects and charter"
    assert stages[-1] == "report by arm"
