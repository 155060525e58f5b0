"""A receipt shows every item, what was imputed and by which rule, and adds up."""

from __future__ import annotations

from fractions import Fraction

import pytest

import instruments
from instruments.missing import get_rule
from instruments.receipt import change_receipt, receipt
from tests.instruments.building import SVDH, everywhere


def test_a_receipt_names_entered_imputed_and_operated_values() -> None:
    values = everywhere(1, EL_MTP2=None, EL_MTP3=None, JL_MCP2=None)
    reasons = [{"EL-MTP2": "SURGERY", "EL-MTP3": "OVERLAP"}]
    found = receipt(SVDH, [values], get_rule("operated-maximum"), reasons=reasons)
    lines = {line.item.key: line for line in found.lines}
    assert (lines["EL-MTP2"].points, lines["EL-MTP2"].how) == (Fraction(10), "operated: maximum (operated-maximum)")
    assert lines["EL-MTP2"].why_not == "surgery or prosthesis"
    assert (lines["EL-MTP3"].why_not, lines["EL-MTP3"].how) == ("overlap", "imputed in proportion (operated-maximum)")
    assert lines["EL-MTP3"].points == Fraction(10 * 20, 110)
    assert lines["JL-MCP2"].why_not == "not scored"
    assert lines["EL-MCP2"].how == "scored"
    assert sum(line.points or 0 for line in found.lines) == found.total.overall.fraction


def test_a_receipt_prints_rule_items_and_totals() -> None:
    text = receipt(SVDH, [everywhere(0, EL_MTP1=1, EL_MTP2=None)], get_rule()).as_text()
    assert "Missing rule: paired-proportional, limit 0.5, whole side no [G: general knowledge, not verified]" in text
    assert "EL-MTP2  erosion, left MTP 2" in text
    assert "12/11 = 1.0909" in text
    assert len([line for line in text.split("\n") if " left " in line or " right " in line]) == 86


def test_a_receipt_of_a_change_shows_a_value_set_aside_because_of_the_other_visit() -> None:
    found = change_receipt(SVDH, [everywhere(0, EL_MTP2=3), everywhere(0, EL_MTP2=None, EL_MTP3=4)], get_rule())
    line = next(line for line in found.baseline if line.item.key == "EL-MTP2")
    assert (line.entered, line.points) == (3, Fraction(0))
    assert line.how.startswith("entered value set aside, site not evaluable at another visit")
    difference = sum((b.points or 0) - (a.points or 0) for a, b in zip(found.baseline, found.later, strict=True))
    assert difference == found.change.overall.fraction == Fraction(48, 11)
    assert "Change overall" in found.as_text()


def test_a_weighted_site_is_imputed_by_its_weight() -> None:
    """Larsen 1977: one wrist missing is worth 25 of 190 points; the other sites hold 1/5 of 165, so it takes 5."""
    larsen = instruments.get("larsen-1977")
    found = receipt(larsen, [everywhere(1, larsen, GL_WRIST=None)], get_rule())
    line = next(line for line in found.lines if line.item.key == "GL-WRIST")
    assert line.points == 5
    assert sum(one.points or 0 for one in found.lines) == found.total.overall.fraction == 50


def test_a_missing_total_prints_its_reason_and_imputes_nothing() -> None:
    values = everywhere(1) | {item.key: None for item in SVDH.items_of(region="foot")}
    found = receipt(SVDH, [values], get_rule())
    assert {line.how for line in found.lines} == {"scored", "not imputed: the total is missing"}
    assert "missing: erosion, feet: no site evaluable" in found.as_text()


def test_the_first_visit_has_no_change() -> None:
    with pytest.raises(ValueError, match="a change starts at the first"):
        change_receipt(SVDH, [everywhere(0), everywhere(0)], get_rule(), visit=0)
