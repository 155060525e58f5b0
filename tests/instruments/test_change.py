"""Change between two visits, worked by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from instruments.amounts import Amount
from instruments.change import change
from instruments.missing import get_rule
from tests.instruments.building import SVDH, everywhere


def test_change_is_later_less_baseline_and_features_add_up() -> None:
    found = change(SVDH, everywhere(0, EL_MCP2=1), everywhere(0, EL_MCP2=3, JL_MCP2=1, ER_MTP1=4), get_rule())
    assert found.overall == Amount(7, 1, "", 86, 0)
    assert (found.of(feature="erosion").value, found.of(feature="narrowing").value) == (6, 1)


def test_a_site_seen_at_one_visit_only_makes_no_change_by_itself() -> None:
    """Without pairing the operated joint with 5 points at baseline would fall by 5."""
    before, after = everywhere(0, EL_MCP2=5), everywhere(0, EL_MCP2=None)
    assert change(SVDH, before, after, get_rule()).value == 0
    assert change(SVDH, before, after, get_rule("visit-proportional")).value == -5


def test_both_visits_are_imputed_alike() -> None:
    """Hands, erosion: without one site of 5 points 31 sites reach 155; 31 points become 32, a change of 31 x 32/31."""
    before, after = everywhere(0), everywhere(0, EL_MCP2=None)
    for item in SVDH.items_of(feature="erosion", region="hand"):
        if item.key != "EL-MCP2":
            after[item.key] = 1
    found = change(SVDH, before, after, get_rule())
    assert found.value == 32
    assert (found.baseline.value, found.later.value) == (0, 32)
    assert (found.overall.assessed, found.overall.imputed) == (85, 1)


def test_a_change_that_is_a_fraction_stays_one() -> None:
    found = change(SVDH, everywhere(0), everywhere(0, EL_MTP1=1, EL_MTP2=None), get_rule())
    assert found.overall.fraction == Fraction(12, 11)
    assert found.value == float(Fraction(12, 11))


def test_a_region_absent_at_one_visit_leaves_the_change_missing_with_its_reason() -> None:
    after = everywhere(1) | {item.key: None for item in SVDH.items_of(region="foot")}
    found = change(SVDH, everywhere(0), after, get_rule())
    assert found.value is None
    assert found.reason == "counting sites evaluable at both visits: erosion, feet: no site evaluable"
    assert found.of(region="hand").value == 62
    apart = change(SVDH, everywhere(0), after, get_rule("visit-proportional"))
    assert apart.reason == "later visit: erosion, feet: no site evaluable"


def test_sites_missing_at_different_visits_add_up_towards_the_limit() -> None:
    feet = [item.key for item in SVDH.items_of(feature="narrowing", region="foot")]
    before = everywhere(0) | dict.fromkeys(feet[:4])
    after = everywhere(0) | dict.fromkeys(feet[4:8])
    assert "8 of 12 sites" in change(SVDH, before, after, get_rule()).reason
    assert change(SVDH, before, after, get_rule(limit=0.75)).value == 0


def test_arrays_give_the_same_changes_as_one_subject_at_a_time() -> None:
    generator = np.random.default_rng(3)
    first, second = generator.integers(0, 5, (2, 20, 86)).astype(float)
    first[generator.random(first.shape) < 0.05] = np.nan
    found = change(SVDH, first, second, get_rule())
    keys = [item.key for item in SVDH.items]
    for row in range(20):
        one = [
            {k: None if np.isnan(v) else int(v) for k, v in zip(keys, part[row], strict=True)}
            for part in (first, second)
        ]
        assert change(SVDH, one[0], one[1], get_rule()).difference == found.row(row).difference


def test_a_site_counts_as_assessed_only_when_it_was_scored_at_both_visits() -> None:
    """Operated at one visit, it counts by its maximum there: 85 sites assessed and one not, whichever visit it was."""
    scored, lost = everywhere(0, EL_MTP2=4), everywhere(0, EL_MTP2=None)
    rule = get_rule("operated-maximum")
    later = change(SVDH, scored, lost, rule, ([], ["EL-MTP2"]))
    earlier = change(SVDH, lost, scored, rule, (["EL-MTP2"], []))
    assert [(found.value, found.overall.assessed, found.overall.imputed) for found in (later, earlier)] == [
        (6, 85, 1),
        (-6, 85, 1),
    ]
