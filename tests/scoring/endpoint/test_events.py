"""Intercurrent events that enter with the arms: values after the event, by the strategy of its kind, by hand."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from config.errors import BadInput
from instruments.intercurrent_events import get_event_rule
from reading.charter.terms import Terms
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow, read_analysis
from scoring.endpoint.by_arm.events_list import ListedEvent, apply_events, baseline_dates, read_events
from scoring.endpoint.by_arm.film_changes import FilmChange
from scoring.endpoint.by_arm.windows import windows_in
from tests.scoring.endpoint.built_dataset import (
    Row,
    arms_of,
    baseline_of,
    dataset_of,
    row_of,
    run,
    subjects,
    trial,
    write_rows,
)

W24, W52 = ("W24", 2, 168), ("W52", 3, 364)


def rows_in(folder: Path, rows: list[Row]) -> list[AnalysisRow]:
    return read_analysis(write_rows(folder / "analysis.csv", rows))


def series(subject: str = "S1") -> list[Row]:
    """Baseline 10; 2 more on day 170, 9 more on day 364, which is after the rescue on day 180."""
    return [
        baseline_of(subject, 10, film_date="2025-01-01"),
        row_of(subject, W24, 10, 2.0, ady=170),
        row_of(subject, W52, 10.5, 9.0, status_base=10),
    ]


def after(folder: Path, strategy: str, day: int = 180, rows: list[Row] | None = None) -> AnalysisRow:
    """W52 of the subject after the event."""
    found = apply_events(rows_in(folder, rows or series()), [ListedEvent("S1", "rescue", day)], {"rescue": strategy})
    return next(row for row in found.rows if row.avisit == "W52")


def test_linear_extrapolation_follows_the_last_film_before_the_event(tmp_path: Path) -> None:
    """Change 2 by day 170 is 2 * 364 / 170 by the target day 364; the value keeps to the pair of the film used."""
    found = after(tmp_path, "linear-extrapolation")
    assert found.chg == pytest.approx(2 * 364 / 170)
    assert [found.base, found.aval] == pytest.approx([10, 10 + 2 * 364 / 170])
    assert found.origin == "extrapolated"
    assert list(found.flags.values()) == ["N", "N", "N"]


def test_the_last_observation_is_carried_forward(tmp_path: Path) -> None:
    found = after(tmp_path, "locf")
    assert (found.chg, found.aval, found.base, found.origin) == (2, 12, 10, "carried")


def test_a_value_after_the_event_can_be_missing_or_stay(tmp_path: Path) -> None:
    found = after(tmp_path, "missing")
    assert (found.chg, found.aval, found.reason) == (None, None, "after the event: missing by the strategy")
    assert set(found.flags.values()) == {""}
    assert after(tmp_path, "observed").chg == 9


def test_a_film_on_the_day_of_the_event_is_before_it(tmp_path: Path) -> None:
    assert after(tmp_path, "linear-extrapolation", day=364).chg == 9
    assert after(tmp_path, "linear-extrapolation", day=363).origin == "extrapolated"


def test_without_a_film_before_the_event_the_value_is_missing_with_its_reason(tmp_path: Path) -> None:
    found = after(tmp_path, "linear-extrapolation", day=100)
    assert (found.chg, found.reason) == (None, "no film after baseline and before the event or the missing visit")


def test_a_value_that_the_dataset_filled_is_made_again_from_films_before_the_event(tmp_path: Path) -> None:
    rows = series()
    rows[2] |= {"dtype": "extrapolated", "ady": "", "chg": 7.5, "aval": 18}
    assert after(tmp_path, "locf", rows=rows).chg == 2
    assert after(tmp_path, "locf", day=400, rows=rows).chg == 7.5


def test_the_earliest_event_that_replaces_anything_counts(tmp_path: Path) -> None:
    rows = rows_in(tmp_path, series())
    events = [ListedEvent("S1", "switch", 20), ListedEvent("S1", "death", 300), ListedEvent("S1", "rescue", 180)]
    strategies = {"switch": "observed", "rescue": "locf", "death": "missing"}
    found = apply_events(rows, events, strategies)
    assert next(row for row in found.rows if row.avisit == "W52").chg == 2
    assert found.replaced == {"death": 0, "rescue": 1, "switch": 0}


def test_a_film_within_the_charters_grace_days_counts_as_before_the_event(tmp_path: Path) -> None:
    rows, event = rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", 163)]
    within = apply_events(rows, event, {"rescue": "locf"}, Terms(grace_days=7)).rows
    assert [(row.chg, row.origin) for row in within[1:]] == [(2, "observed"), (2, "carried")]
    without = apply_events(rows, event, {"rescue": "locf"}, Terms(grace_days=6)).rows
    assert [row.chg for row in without[1:]] == [None, None]


def test_a_film_too_near_the_baseline_for_the_charter_is_not_extrapolated(tmp_path: Path) -> None:
    rows, event = rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", 180)]
    found = apply_events(rows, event, {"rescue": "linear-extrapolation"}, Terms(minimum_interval=171)).rows[2]
    assert (found.chg, found.reason) == (
        None,
        "the last film before the event is 170 days after baseline, at least 171 needed",
    )


@pytest.mark.parametrize(("day", "changes"), [(200, [2, 9.0]), (100, [None, None])])
def test_an_event_that_the_dataset_applied_decides_when_it_is_as_early(
    tmp_path: Path, day: int, changes: list[float | None]
) -> None:
    applied: Row = {"event_kind": "discontinuation", "event_day": 150}
    rows = rows_in(tmp_path, [row | applied for row in series()])
    found = apply_events(rows, [ListedEvent("S1", "death", day)], {"death": "missing"}).rows
    assert [row.chg for row in found[1:]] == changes


@pytest.mark.parametrize("kinds", [("switch", "death"), ("death", "switch")])
def test_of_two_events_of_one_day_the_one_that_leaves_values_missing_decides(
    tmp_path: Path, kinds: tuple[str, str]
) -> None:
    rows, strategies = rows_in(tmp_path, series()), {"switch": "locf", "death": "missing"}
    both = [ListedEvent("S1", kind, 180) for kind in kinds]
    assert apply_events(rows, both, strategies).rows[2].chg is None
    applied: Row = {"event_kind": "discontinuation", "event_day": 180}
    rows = rows_in(tmp_path, [row | applied for row in series()])
    assert apply_events(rows, [ListedEvent("S1", "death", 180)], strategies).rows[2].chg is None
    assert apply_events(rows, [ListedEvent("S1", "switch", 180)], strategies).rows[2].chg == 9


def test_a_film_without_a_total_before_the_event_leaves_its_visit_missing_and_the_baseline_stays(
    tmp_path: Path,
) -> None:
    rows = series()
    rows[1] |= {"aval": "", "chg": "", "ady": 160, "reason": "fewer than half of the sites"}
    found = apply_events(rows_in(tmp_path, rows), [ListedEvent("S1", "rescue", 165)], {"rescue": "locf"}).rows
    assert (found[1].chg, found[1].reason) == (None, "fewer than half of the sites")
    early = apply_events(rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", -5)], {"rescue": "missing"}).rows
    assert [row.aval for row in early] == [10, None, None]


def test_an_event_after_which_the_charter_uses_values_as_observed_decides_nothing(tmp_path: Path) -> None:
    applied: Row = {"event_kind": "discontinuation", "event_day": 150}
    rows = rows_in(tmp_path, [row | applied for row in series()])
    terms = Terms(discontinuation_strategy="observed")
    assert apply_events(rows, [ListedEvent("S1", "death", 200)], {"death": "missing"}, terms).rows[2].chg is None


def test_changes_are_extrapolated_before_they_are_rounded(tmp_path: Path) -> None:
    rows = series()
    rows[1] |= {"chg": "0.1667", "aval": "10.1667", "ady": 56, "chg_exact": "1/6"}
    rows[2] |= {"target_day": 168}
    assert after(tmp_path, "linear-extrapolation", day=100, rows=rows).chg == 0.5
    rows[1] |= {"chg_exact": "one sixth"}
    with pytest.raises(BadInput, match="Write a fraction n/d, or leave it empty"):
        rows_in(tmp_path, rows)


def test_the_rate_begins_on_the_planned_day_of_the_baseline(tmp_path: Path) -> None:
    """The baseline is planned for day 28: change 2 in 142 days is 2 * 336 / 142 in the 336 days to day 364."""
    rows = series()
    rows[0] |= {"target_day": 28, "ady": 28}
    assert after(tmp_path, "linear-extrapolation", rows=rows).chg == pytest.approx(2 * 336 / 142)


def test_an_event_before_the_baseline_leaves_the_baseline_whatever_its_planned_day(tmp_path: Path) -> None:
    rows = series()
    rows[0] |= {"target_day": 28, "ady": 28}
    found = apply_events(rows_in(tmp_path, rows), [ListedEvent("S1", "rescue", 10)], {"rescue": "missing"}).rows
    assert [row.aval for row in found] == [10, None, None]


def test_a_subject_without_a_baseline_film_keeps_the_reason(tmp_path: Path) -> None:
    rows = series()
    rows[0] |= {"ady": "", "aval": "", "status_base": ""}
    for row in rows:
        row |= {"ady": "", "aval": "", "base": "", "chg": "", "reason": "no baseline film"}
    assert after(tmp_path, "missing", rows=rows).reason == "no baseline film"


@pytest.mark.parametrize(("day", "change"), [(200, None), (400, 1.0)])
@pytest.mark.parametrize("strategy", ["linear-extrapolation", "missing"])
def test_a_value_interpolated_to_a_film_after_the_event_is_missing(
    tmp_path: Path, strategy: str, day: int, change: float | None
) -> None:
    rows = series()
    rows[1] |= {"dtype": "interpolated", "ady": "", "chg": 1.0, "aval": 11}
    events = [ListedEvent("S1", "rescue", day)]
    applied = apply_events(rows_in(tmp_path, rows), events, {"rescue": strategy})
    found = applied.rows[1]
    assert found.chg == change
    assert found.reason == ("" if change else "no film after the missing visit to interpolate to")
    assert applied.replaced == {"rescue": 0 if change else 2}


def test_a_film_that_serves_no_analysis_visit_is_the_last_one_before_the_event(tmp_path: Path) -> None:
    """Change 3 on day 175, from another baseline: on day 364 it is 3 * 364 / 175."""
    films = {("S1", "mtss"): {"U1": FilmChange(175, Fraction(3), 10.25), "U2": FilmChange(178, None, None)}}
    rows, event = rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", 180)]
    found = apply_events(rows, event, {"rescue": "linear-extrapolation"}, films=films).rows[2]
    assert found.chg == pytest.approx(3 * 364 / 175)
    assert [found.base, found.aval] == pytest.approx([10.25, 10.25 + 3 * 364 / 175])


def test_a_visit_whose_scheduled_film_was_lost_to_a_later_event_is_after_an_earlier_one(tmp_path: Path) -> None:
    """The film of W24 was taken on day 200, after both events; its target day is before them."""
    rows = [row | {"event_kind": "discontinuation", "event_day": 190} for row in series()]
    rows[1] |= {"dtype": "extrapolated", "ady": "", "chg": 4.0, "aval": 14}
    films = {("S1", "mtss"): {"U1": FilmChange(84, Fraction(1), 10), "W24": FilmChange(200, Fraction(8), 10)}}
    event = [ListedEvent("S1", "rescue", 180)]
    found = apply_events(rows_in(tmp_path, rows), event, {"rescue": "locf"}, films=films).rows[1]
    assert (found.chg, found.origin) == (1, "carried")


WINDOWS = windows_in(
    {
        "visits": {
            "planned": ["W00", "W24", "W52"],
            "analysis": [
                {"code": "W00", "number": 1, "target_day": 0, "first_day": -14, "last_day": 14},
                {"code": "W24", "number": 2, "target_day": 168, "first_day": 154, "last_day": 182},
                {"code": "W52", "number": 3, "target_day": 364, "first_day": 350, "last_day": 378},
            ],
        }
    }
)
LOST = FilmChange(170, Fraction(2), 10)


@pytest.mark.parametrize("strategy", ["linear-extrapolation", "locf", "missing"])
@pytest.mark.parametrize(
    ("others", "change"),
    [
        ({"U1": 156, "U2": 160}, 160),  # nearest the target day
        ({"U1": 155, "U2": 153}, 155),  # one outside the window serves nothing
        ({"U1": 164, "U2": 166}, 164),  # one after the event serves nothing
    ],
)
def test_another_film_of_the_window_that_was_taken_before_the_event_serves_the_visit(
    tmp_path: Path, strategy: str, others: dict[str, int], change: int
) -> None:
    """The film of W24 was taken on day 170, the rescue on day 165; the change to each other film is its day."""
    films = {("S1", "mtss"): {"W24": LOST} | {code: FilmChange(day, Fraction(day), 9) for code, day in others.items()}}
    rows, event = rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", 165)]
    found = apply_events(rows, event, {"rescue": strategy}, films=films, windows=WINDOWS).rows[1]
    assert (found.chg, found.base, found.aval, found.origin, found.ady) == (change, 9, 9 + change, "observed", change)
    assert apply_events(rows, event, {"rescue": "missing"}, films=films).rows[1].chg is None


def test_a_film_between_two_overlapping_windows_serves_the_nearer_visit_alone() -> None:
    """Day 280 is 112 days from W24 and 84 from W52, and inside both windows."""
    visits = [
        {"code": code, "number": number, "target_day": day, "first_day": day - 150, "last_day": day + 150}
        for number, (code, day) in enumerate([("W00", 0), ("W24", 168), ("W52", 364)], start=1)
    ]
    windows = windows_in({"visits": {"planned": ["W00", "W24", "W52"], "analysis": visits}})
    films, rule = {"U1": FilmChange(280, Fraction(1), 10)}, get_event_rule()
    assert windows.film_for("W24", films, 300, rule) is None
    assert windows.film_for("W52", films, 300, rule) == films["U1"]


def test_another_film_of_the_window_without_a_total_leaves_the_visit_missing_with_its_reason(tmp_path: Path) -> None:
    films = {("S1", "mtss"): {"W24": LOST, "U1": FilmChange(160, None, None, "fewer than half of the sites")}}
    rows, event = rows_in(tmp_path, series()), [ListedEvent("S1", "rescue", 165)]
    found = apply_events(rows, event, {"rescue": "locf"}, films=films, windows=WINDOWS).rows[1]
    assert (found.chg, found.reason, found.ady) == (None, "fewer than half of the sites", 160)


def test_a_film_without_a_total_is_no_source_for_erosion_either(tmp_path: Path) -> None:
    rows = [row | {"param": param} for param in ("total", "erosion") for row in series()]
    rows[1] |= {"aval": "", "chg": "", "reason": "fewer than half of the sites"}
    found = apply_events(rows_in(tmp_path, rows), [ListedEvent("S1", "rescue", 180)], {"rescue": "locf"}).rows
    assert [row.chg for row in found if row.avisit == "W52"] == [None, None]


def test_dates_are_counted_from_the_baseline_film(tmp_path: Path) -> None:
    rows = rows_in(tmp_path, series())
    (tmp_path / "events.csv").write_text("Subject;Kind;Date\nS1;rescue;2025-06-30\n")
    found = read_events(tmp_path / "events.csv", baseline_dates(rows), {"S1"}, {"rescue": "locf"})
    assert found == [ListedEvent("S1", "rescue", 180)]


def test_the_report_counts_what_events_replaced_by_arm(tmp_path: Path) -> None:
    names = subjects(20)
    dataset = dataset_of(tmp_path / "dataset", trial(20, missing=False))
    (tmp_path / "arms.csv").write_text(arms_of(names))
    (tmp_path / "events.csv").write_text(
        "\n".join(["subject,kind,day", *(f"{name},rescue,200" for name in names[::4])])
    )
    more = ("--events", tmp_path / "events.csv", "--strategy", "rescue=linear-extrapolation")
    run(dataset, tmp_path / "arms.csv", tmp_path / "out", *more)
    with (tmp_path / "out" / "tables" / "mtss_origins.csv").open() as file:
        rows = {(row["visit"], row["arm"]): row for row in csv.DictReader(file)}
    assert [rows["W52", arm]["extrapolated"] for arm in ("placebo", "active")] == ["5", "0"]
    assert float(rows["W52", "placebo"]["filled_share"]) == 0.5
    assert rows["W24", "placebo"]["extrapolated"] == "0"
    assert "rescue: linear-extrapolation, 5 values replaced" in (tmp_path / "out" / "index.html").read_text()
