"""Totals worked by hand, and what a total refuses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from instruments import sens
from instruments.amounts import Amount
from instruments.missing import get_rule
from instruments.totals import ValueNotAllowed, score, score_one
from tests.instruments.building import LARSEN, SVDH, everywhere

RULE = get_rule()


def test_a_complete_read_is_the_plain_sum_by_feature_region_and_side() -> None:
    total = score_one(SVDH, everywhere(0, EL_MCP2=3, JL_MCP2=2, ER_MTP1=7, JR_RADCA=4), RULE)
    assert total.overall == Amount(16, 1, "", 86, 0)
    assert total.of(feature="erosion").value == 10
    assert total.of(feature="narrowing").value == 6
    assert total.of(region="hand").value == 9
    assert total.of(feature="erosion", region="foot", side="R").value == 7
    assert total.of(side="L").value == 5


def test_every_grade_at_its_largest_gives_the_maximum() -> None:
    largest = {item.key: max(item.allowed) for item in SVDH.items}
    assert score_one(SVDH, largest, RULE).overall.numerator == 448


def test_a_missing_site_takes_the_proportion_its_region_reaches() -> None:
    """Feet, erosion: 11 sites of largest 10 hold 44 points of 110, so the twelfth takes 10 x 44/110 = 4."""
    values = everywhere(0)
    for item in SVDH.items_of(feature="erosion", region="foot"):
        values[item.key] = 4
    values["EL-MTP1"] = None
    total = score_one(SVDH, values, RULE)
    assert total.overall == Amount(48, 1, "", 85, 1)
    assert total.of(feature="erosion", region="foot", side="L").value == 24


def test_an_imputed_total_is_an_exact_fraction_in_lowest_terms_and_sides_add_up_to_it() -> None:
    """Narrowing, hands: 29 sites of largest 4 hold 5 of 116, so the thirtieth takes 4 x 5/116 = 5/29."""
    values = everywhere(0, JL_MCP2=2, JR_MCP2=3, JL_PIP2=None)
    total = score_one(SVDH, values, RULE)
    assert total.overall.fraction == 5 + Fraction(5, 29)
    assert (total.numerator, total.denominator) == (150, 29)
    assert total.of(side="L").fraction == 2 + Fraction(5, 29)
    assert total.of(side="R").fraction == 3


def test_an_imputed_total_is_rounded_only_at_export_half_to_even() -> None:
    assert str(Amount(5, 29, "", 0, 0).rounded()) == "0.1724"
    assert str(Amount(1, 8, "", 0, 0).rounded(2)) == "0.12"
    assert str(Amount(-3, 8, "", 0, 0).rounded(2)) == "-0.38"
    assert Amount(None, None, "why", 0, 0).rounded() is None


def test_a_missing_total_has_a_reason_and_no_number() -> None:
    values = everywhere(1)
    for item in SVDH.items_of(region="foot", feature="erosion"):
        values[item.key] = None
    total = score_one(SVDH, values, RULE)
    assert total.overall == Amount(None, None, "erosion, feet: no site evaluable", 74, 0)
    assert total.value is None
    assert total.of(region="hand").value == 62
    assert total.of(feature="narrowing").value == 42
    assert np.isnan(score(SVDH, [[np.nan] * 86], RULE).values()[0])
    assert score(SVDH, [[np.nan] * 86], RULE).missing().all()


def test_a_grade_an_item_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ValueNotAllowed, match=r"EL-MCP2 cannot be 6\.0\. Give one of 0, 1, 2, 3, 4, 5\."):
        score_one(SVDH, everywhere(0, EL_MCP2=6), RULE)
    for wrong in (-1.0, 0.5, np.inf):
        with pytest.raises(ValueNotAllowed):
            score(LARSEN, [[wrong, *[0.0] * 31]], RULE)


def test_an_array_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 85\)\. Give 2 axes and 86 items\."):
        score(SVDH, np.zeros((1, 85)), RULE)
    with pytest.raises(ValueError, match=r"The operated sites have the shape \(2, 86\)\."):
        score(SVDH, np.zeros((1, 86)), RULE, np.zeros((2, 86)))


def test_no_reads_give_no_totals() -> None:
    assert len(score(SVDH, np.zeros((0, 86)), RULE)) == 0


def test_sens_from_scores_counts_eroded_and_narrowed_joints() -> None:
    derived = sens.derive(everywhere(0, EL_MCP2=5, JL_MCP2=1, ER_MTP2=10, JR_PIP2=None))
    total = score_one(sens.INSTRUMENTS[0], derived, RULE)
    assert derived["JR-PIP2"] is None
    assert total.of(feature="erosion").value == 2
    assert total.of(feature="narrowing").fraction == 1 + Fraction(1, 29)
