"""Events that enter with the arms give what the same events give when they are imported before the lock.

Larsen, both readers agree: the 12 sites of the left hand have grade 1 at the baseline, 2 at U1 and W24, 3 at U2, 4 at
W52.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read
from scoring.consensus.case_result import Computed
from scoring.consensus.signed_series import visits_of
from scoring.datasets.analysis_table import ANALYSIS
from scoring.datasets.case_rows import CaseData, Row, checked_result
from scoring.datasets.loading import case_order, loaded
from scoring.endpoint.analysis_rows import Analysis, analysis_of, analysis_rows, case_films
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow, read_analysis
from scoring.endpoint.by_arm.opened_dataset import opened
from scoring.management.commands import endpoint
from scoring.models import EventList
from scoring.reader_codes import reader_codes
from studies.models import Subject, Visit
from tests.reading.builders import (
    VIEWS,
    BuiltTrial,
    GradeOf,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
)
from tests.scoring.endpoint.built_dataset import write_rows
from tests.scoring.packages import package_of
from tests.scoring.test_analysis_table import change_films
from tests.scoring.test_event_lists import HEAD, built, give
from tests.tracking import record_new_rows

pytestmark = pytest.mark.django_db
Rows = dict[tuple[str, str], AnalysisRow]
UNSCHEDULED, NO_WEEK_24, IN_THE_WINDOW = "S000", "S001", "S002"
RESCUES = {UNSCHEDULED: 300, NO_WEEK_24: 200, IN_THE_WINDOW: 170}
START = date(2025, 1, 1)
PLANS = {
    "no visit on day 0": ("W01", "W24", "W52"),
    "a visit before day 0": ("W-4", "W00", "W24", "W52"),
}


def rescued_trial(visits: tuple[str, ...]) -> BuiltTrial:
    """S000 has an unscheduled film on day 250, outside every window; S001 has no film at W24.

    S002 has two films in the window of W24, days 154 to 182: the scheduled one on day 180, and U2 on day 160.
    """
    built_trial = build_reading_trial(subjects=3, visits=visits)
    change_films(built_trial, NO_WEEK_24, "W24", status="withdrawn")
    change_films(built_trial, IN_THE_WINDOW, "W24", film_date=START + timedelta(days=180))
    for code, subject, day in (("U1", UNSCHEDULED, 250), ("U2", IN_THE_WINDOW, 160)):
        extra = Visit.objects.create(subject=Subject.objects.get(code=subject), code=code, kind="unscheduled")
        for side, view in VIEWS:
            add_ready_film(extra, side, view, START + timedelta(days=day))
    record_new_rows(built_trial.trial.code)
    built_trial.visits += ["U1", "U2"]
    return built_trial


def read_and_closed(built_trial: BuiltTrial) -> Campaign:
    """The campaign, read and closed. Visits without a film are interpolated."""
    campaign = open_campaign_of(
        built_trial, concordant_share=0.0, rescue_independent=True, missing_visit="interpolated"
    )
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.all():
        read_through(read, grades_of(read))
    run_due_jobs()
    close_campaign(campaign=campaign, actor=coordinator)
    campaign.refresh_from_db()
    return campaign


def grades_of(read: Read) -> GradeOf:
    """One site is not assessable at U1, so that its change has another baseline than the status total."""
    codes = dict(Visit.objects.values_list("pk", "code"))
    shown = {token: codes[pk] for token, pk in visits_of(read).items()}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int | None:
        visit = shown[timepoint.token]
        if item.side == "R" or item.region == "foot":
            return 0
        if visit == "U1" and item.key == "GL-PIP2":
            return None
        return {"U1": 2, "U2": 3, "W24": 2, "W52": 4}.get(visit, 1)

    return grade


def numbers_of(row: AnalysisRow) -> list[float]:
    """Value, baseline and change; no baseline without a value."""
    known = (row.aval, row.base, row.chg) if row.chg is not None else (None, None, None)
    return [math.nan if one is None else one for one in known]


def words_of(row: AnalysisRow) -> tuple[object, ...]:
    return row.origin, row.reason, dict(row.flags)


@pytest.mark.parametrize("visits", PLANS.values(), ids=PLANS)
def test_an_event_gives_offline_what_it_gives_in_the_product(visits: tuple[str, ...], tmp_path: Path) -> None:
    built_trial = rescued_trial(visits)
    campaign = read_and_closed(built_trial)
    with package_of(built(built_trial, campaign)) as archive:
        archive.extractall(tmp_path / "copy")
    (folder,) = (tmp_path / "copy").iterdir()
    rescues = "".join(f"{one},rescue,{START + timedelta(days=day)},CRF\n" for one, day in RESCUES.items())
    (tmp_path / "events.csv").write_text(HEAD + rescues)
    offline = with_events(folder, tmp_path / "events.csv")
    product = imported(campaign, give(built_trial, campaign, HEAD + rescues), tmp_path / "analysis.csv")
    assert offline.keys() == product.keys()
    for key, row in product.items():
        assert words_of(offline[key]) == words_of(row), key
        assert numbers_of(offline[key]) == pytest.approx(numbers_of(row), abs=2e-4, nan_ok=True), key
    assert offline[UNSCHEDULED, "W52"].origin == "extrapolated"
    another = offline[IN_THE_WINDOW, "W24"]
    assert (another.chg, another.origin, another.ady) == (24, "observed", 160)
    assert offline[NO_WEEK_24, "W24"].reason == "no film after the missing visit to interpolate to"


def imported(campaign: Campaign, events: EventList, path: Path) -> Rows:
    """The rows of analysis.csv in a dataset that applies a list of events."""
    analysis = analysis_of(campaign, events)
    assert analysis is not None
    rows = [
        row
        for data in loaded(case_order(campaign), reader_codes(campaign))
        for row in rows_of_case(data, checked_result(data)[1], analysis)
    ]
    return by_visit(read_analysis(write_rows(path, rows, [column.name for column in ANALYSIS.columns])))


def rows_of_case(data: CaseData, computed: Computed, analysis: Analysis) -> Iterator[Row]:
    return analysis_rows(data, computed, analysis, case_films(data, computed, analysis))


def by_visit(rows: list[AnalysisRow]) -> Rows:
    return {(row.subject, row.avisit): row for row in rows}


def with_events(folder: Path, events: Path) -> Rows:
    """The rows as the command makes them."""
    with opened(folder) as dataset:
        options = {"events": events, "strategy": ["rescue=linear-extrapolation"]}
        rows, _ = endpoint.with_events(read_analysis(dataset.analysis), dataset, options)
    return by_visit(rows)
