"""CRIT1 of ADXR is a threshold of the charter, with its strictness."""

from __future__ import annotations

from fractions import Fraction

import pytest

import instruments
from reading.charter.terms import Terms
from scoring.cdisc.adxr_rows import adxr_rows
from scoring.cdisc.define import define_xml
from scoring.cdisc.facts import CampaignFacts, CaseFacts, FilmVisit, Interval
from scoring.cdisc.transfer import TABLES
from scoring.consensus.rules import single_threshold

NO_HALF: dict[str, object] = {"half_threshold": False}
CHARTERS: list[tuple[dict[str, object], str, str]] = [
    ({}, "CHG <= 0.5", "Y"),
    ({"threshold_strict": False}, "CHG < 0.5", "N"),
    (NO_HALF, "CHG <= 0", "N"),
    (NO_HALF | {"zero_threshold": False, "fixed_threshold": 4.4}, "CHG <= 4.4", "Y"),
    (NO_HALF | {"zero_threshold": False}, "", ""),
]


def facts(terms: dict[str, object]) -> CampaignFacts:
    charter = Terms(**terms)  # type: ignore[arg-type]
    return CampaignFacts("TWO", "C1", 1, instruments.get("larsen-1995"), threshold=single_threshold(charter))


@pytest.mark.parametrize(("terms", "says", "flag"), CHARTERS)
def test_the_criterion_of_adxr_is_the_charters(terms: dict[str, object], says: str, flag: str) -> None:
    """A change of exactly one half."""
    days = (("W00", 1, 0, "2025-01-01"), ("W24", 2, 168, "2025-06-18"))
    visits = [FilmVisit(code, number, day, on, {}, code, number, day) for code, number, day, on in days]
    changes = {"RESULT": [{"total": Interval("1.0000", "0.5000", Fraction(1, 2), 32, 0)}]}
    case = CaseFacts(facts(terms), "S1", visits, 0, ({}, {}), (), (), changes)
    first, later = adxr_rows(case, [])
    assert (first["CRIT1"], later["CRIT1"], later["CRIT1FL"]) == (says, says, flag)


def test_define_lists_the_criterion_that_the_files_have() -> None:
    assert b'CodedValue="CHG &lt; 0.5"' in define_xml(facts({"threshold_strict": False}), TABLES)
    assert b"CHG &lt;" not in define_xml(facts(NO_HALF | {"zero_threshold": False}), TABLES)
