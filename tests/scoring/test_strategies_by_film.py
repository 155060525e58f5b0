"""The table of the statistician's guide: what each strategy makes of each kind of film, with its worked numbers.

Baseline 10 on day 0; an unscheduled film U1 on day 112 shows 12. W24 is planned for day 168, its window is days 154 to
182; W52 for day 364. Rescue on day 160 unless a row says otherwise; no grace days.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.endpoint.estimand import CaseFilms
from scoring.endpoint.films import CaseFilm
from scoring.endpoint.visits import PlannedVisit
from tests.scoring.test_estimand import WEEK_24, WEEK_52, case, film, rescued, value

STRATEGIES = ("observed", "linear-extrapolation", "locf", "missing")
GUIDE = Path(__file__).parents[2] / "docs" / "statisticians-guide.md"
U1 = film("U1", 112, 2, kind="unscheduled")
NO_TOTAL = film("W24", 158, None)
Values = tuple[Fraction | int | None, ...]


@pytest.mark.parametrize(
    ("says", "films", "visit", "event", "values"),
    [
        ("1", [U1, film("W24", 158, 3)], WEEK_24, 160, (13, 13, 13, 13)),
        ("2", [U1, film("W24", 170, 1)], WEEK_24, 160, (11, 13, 12, None)),
        ("3", [U1, film("U2", 156, 4, kind="unscheduled"), film("W24", 170, 1)], WEEK_24, 160, (11, 14, 14, 14)),
        ("4", [U1, film("R1", 160, 3, kind="rescue")], WEEK_24, 160, (13, 13, 13, 13)),
        ("5", [U1], WEEK_24, 160, (None, 13, 12, None)),
        ("6", [U1, film("W52", 364, 6)], WEEK_52, 160, (16, Fraction(33, 2), 12, None)),
        ("7", [film("W24", 170, 1)], WEEK_24, 160, (11, None, None, None)),
        ("8", [U1, NO_TOTAL], WEEK_24, 160, (None, None, None, None)),
    ],
)
def test_each_strategy_gives_each_kind_of_film_the_value_of_the_guide(
    says: str, films: list[CaseFilm], visit: PlannedVisit, event: int, values: Values
) -> None:
    found = tuple(value(case(*films, event=rescued(event, one)), visit).value for one in STRATEGIES)
    assert found == values
    assert row_of_guide(says) == [written(one) for one in values]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_visit_missed_before_the_event_is_made_by_the_charters_rule_for_such_visits(strategy: str) -> None:
    """W24 was missed and the rescue is on day 300. W52 on day 364 shows 16, which only treatment policy uses.

    Between 12 on day 112 and 16 on day 364, day 168 is 12 + 4 x 56/252.
    """
    films = case(U1, film("W52", 364, 6), event=rescued(300, strategy))
    between = Fraction(116, 9) if strategy == "observed" else None
    assert [value(films, WEEK_24, gap).value for gap in ("missing", "interpolated", "extrapolated")] == [
        None,
        between,
        13,
    ]


def test_a_subject_without_a_baseline_film_has_no_change_whatever_the_strategy() -> None:
    for strategy in STRATEGIES:
        films = CaseFilms((film("W24", 168, 2),), anchored=False, event=rescued(160, strategy))
        assert value(films, WEEK_24).reason == "no baseline film"


def row_of_guide(number: str) -> list[str]:
    """The numbers of a row of the guide's table, by strategy."""
    (line,) = [one for one in GUIDE.read_text().splitlines() if one.startswith(f"| {number}. ")]
    cells = [cell.strip() for cell in line.strip("|").split("|")][1:]
    return [re.split(r"[ ,:]", cell)[0] for cell in cells]


def written(value: Fraction | int | None) -> str:
    return "missing" if value is None else f"{float(value):g}"
