"""What holds for any grades: bounds, order, sides, identities of the missing rules, receipts that add up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import Instrument
from instruments.change import change, change_series
from instruments.layout import layout_of
from instruments.missing import RULES, MissingRule, get_rule
from instruments.receipt import change_receipt, receipt
from instruments.totals import score, score_series
from tests.instruments.building import ALL, SVDH, grades

Grades = npt.NDArray[np.float64]
FAST = settings(max_examples=40, deadline=None)
one_of_all = st.sampled_from(ALL)
any_rule = st.sampled_from(sorted(RULES)).map(get_rule)


def keyed(instrument: Instrument, row: Grades) -> dict[str, int | None]:
    return {item.key: None if np.isnan(v) else int(v) for item, v in zip(instrument.items, row, strict=True)}


@FAST
@given(st.data(), one_of_all, any_rule)
def test_with_nothing_missing_every_rule_is_the_plain_sum(
    data: st.DataObject, instrument: Instrument, rule: MissingRule
) -> None:
    row = data.draw(grades(instrument))
    total = score(instrument, row[None], rule).row(0)
    plain = sum(int(v) * item.weight for item, v in zip(instrument.items, row, strict=True))
    assert (total.numerator, total.denominator, total.overall.imputed) == (plain, 1, 0)


@FAST
@given(st.data(), one_of_all, any_rule)
def test_totals_lie_between_nought_and_the_maximum(
    data: st.DataObject, instrument: Instrument, rule: MissingRule
) -> None:
    row = data.draw(grades(instrument, missing=data.draw(st.sampled_from([0.0, 0.1, 0.4]))))
    found = score(instrument, row[None], rule)
    for at, group in enumerate(found.groups):
        fraction = found.amount(0, at).fraction
        largest = sum(
            cell
            for cell, inside in zip(
                layout_of(instrument).cell_largest, layout_of(instrument).cell_in_group[:, at], strict=True
            )
            if inside
        )
        assert fraction is None or 0 <= fraction <= Fraction(int(largest), instrument.unit), group


@FAST
@given(st.data(), one_of_all)
def test_a_higher_grade_never_lowers_a_total(data: st.DataObject, instrument: Instrument) -> None:
    row = data.draw(grades(instrument, missing=0.1))
    at = data.draw(st.integers(0, len(row) - 1))
    higher = row.copy()
    higher[at] = min(row[at] + 1, max(instrument.items[at].allowed)) if not np.isnan(row[at]) else row[at]
    before, after = (score(instrument, part[None], get_rule()).row(0).overall.fraction for part in (row, higher))
    assert before is None or (after is not None and after >= before)


@FAST
@given(st.data(), any_rule)
def test_the_order_of_the_reads_changes_no_total(data: st.DataObject, rule: MissingRule) -> None:
    rows = np.array([data.draw(grades(SVDH, missing=0.2)) for _ in range(4)])
    order = data.draw(st.permutations(range(4)))
    found, shuffled = score(SVDH, rows, rule), score(SVDH, rows[order], rule)
    assert [shuffled.row(at) for at in range(4)] == [found.row(at) for at in order]


@FAST
@given(st.data(), any_rule)
def test_a_read_has_the_same_total_whoever_else_read(data: st.DataObject, rule: MissingRule) -> None:
    """No rule makes one reader's value depend on another's."""
    rows = np.array([data.draw(grades(SVDH, visits=3, missing=0.2)) for _ in range(3)])
    together = score_series(SVDH, rows, rule)
    for reader in range(3):
        alone = score_series(SVDH, rows[reader : reader + 1], rule)
        assert [one.row(0) for one in alone] == [one.row(reader) for one in together]


@FAST
@given(st.data(), one_of_all)
def test_left_and_right_are_alike(data: st.DataObject, instrument: Instrument) -> None:
    row = data.draw(grades(instrument, missing=0.2))
    other = {"L": "R", "R": "L"}
    mirrored = np.array(
        [row[instrument.positions[item.key[0] + other[item.side] + item.key[2:]]] for item in instrument.items]
    )
    found, mirror = (score(instrument, part[None], get_rule()).row(0) for part in (row, mirrored))
    assert found.overall == mirror.overall
    assert found.of(side="L") == mirror.of(side="R")


@FAST
@given(st.data(), one_of_all, any_rule)
def test_parts_add_up_to_the_whole(data: st.DataObject, instrument: Instrument, rule: MissingRule) -> None:
    total = score(instrument, data.draw(grades(instrument, missing=0.15))[None], rule).row(0)
    if total.overall.fraction is None:
        return
    for part, names in (("feature", instrument.features), ("region", instrument.regions), ("side", ("L", "R"))):
        parts = [total.of(**{part: name}).fraction for name in names]
        assert sum(found for found in parts if found is not None) == total.overall.fraction


@FAST
@given(st.data())
def test_the_same_joint_missing_twice_changes_no_change_elsewhere(data: st.DataObject) -> None:
    """Elsewhere: every other feature and region, and every other site on the receipt up to the common proportion."""
    pair = data.draw(grades(SVDH, visits=2))
    at = data.draw(st.integers(0, 85))
    item = SVDH.items[at]
    without = pair.copy()
    without[:, at] = np.nan
    whole, less = (change(SVDH, part[:1], part[1:], get_rule()).row(0) for part in (pair, without))
    for feature, region in layout_of(SVDH).blocks:
        if (feature, region) != (item.feature, item.region):
            assert whole.of(feature=feature, region=region) == less.of(feature=feature, region=region)
    others = [i for i in SVDH.items_of(feature=item.feature, region=item.region) if i.key != item.key]
    kept = sum(int(pair[1, SVDH.positions[i.key]] - pair[0, SVDH.positions[i.key]]) for i in others)
    largest = sum(i.largest for i in others)
    assert less.of(feature=item.feature, region=item.region).fraction == Fraction(
        kept * (largest + item.largest), largest
    )


@FAST
@given(st.data())
def test_identical_visits_have_no_change_whatever_is_missing(data: st.DataObject) -> None:
    row = data.draw(grades(SVDH, missing=0.1))
    other = row.copy()
    other[np.random.default_rng(data.draw(st.integers(0, 1000))).random(86) < 0.1] = np.nan
    found = change(SVDH, row[None], other[None], get_rule()).row(0).overall
    assert found.fraction in (0, None)


@FAST
@given(st.data(), any_rule)
def test_change_turned_round_is_its_opposite(data: st.DataObject, rule: MissingRule) -> None:
    pair = data.draw(grades(SVDH, visits=2, missing=0.05))
    there, back = (
        change(SVDH, a[None], b[None], rule).row(0).overall for a, b in ((pair[0], pair[1]), (pair[1], pair[0]))
    )
    assert (there.fraction is None) == (back.fraction is None)
    assert there.fraction is None or there.fraction == -back.fraction


@settings(max_examples=25, deadline=None)
@given(st.data(), one_of_all, any_rule)
def test_a_receipt_adds_up_to_the_total_and_to_the_change(
    data: st.DataObject, instrument: Instrument, rule: MissingRule
) -> None:
    series = data.draw(grades(instrument, visits=3, missing=0.1))
    visits = [keyed(instrument, row) for row in series]
    reasons = [
        {key: data.draw(st.sampled_from(["SURGERY", "OVERLAP"])) for key, v in visit.items() if v is None}
        for visit in visits
    ]
    paid = receipt(instrument, visits, rule, visit=2, reasons=reasons)
    moved = change_receipt(instrument, visits, rule, visit=2, reasons=reasons)
    for lines, total in (
        (paid.lines, paid.total),
        (moved.baseline, moved.change.baseline),
        (moved.later, moved.change.later),
    ):
        for (feature, region, side), amount in total.amounts.items():
            if amount.fraction is not None:
                chosen = [
                    i
                    for i in lines
                    if feature in (None, i.item.feature)
                    and region in (None, i.item.region)
                    and side in (None, i.item.side)
                ]
                assert sum(line.points for line in chosen if line.points is not None) == amount.fraction
    for group, amount in moved.change.difference.amounts.items():
        if amount.fraction is not None:
            first, second = moved.change.baseline.amounts[group].fraction, moved.change.later.amounts[group].fraction
            assert first is not None and second is not None and amount.fraction == second - first  # noqa: PT018


@FAST
@given(st.data(), any_rule)
def test_a_change_is_the_difference_of_the_totals_used_for_it_in_lowest_terms(
    data: st.DataObject, rule: MissingRule
) -> None:
    series = data.draw(grades(SVDH, visits=3, missing=0.03))
    for found in change_series(SVDH, series[None], rule):
        overall = found.row(0).overall
        if overall.fraction is not None:
            assert (overall.numerator, overall.denominator) == overall.fraction.as_integer_ratio()


def test_a_denominator_is_nought_exactly_where_an_amount_is_missing() -> None:
    rows = np.full((2, 86), 1.0)
    rows[1, :70] = np.nan
    found = score(SVDH, rows, get_rule())
    assert (found.denominator[0] > 0).all()
    assert found.missing().tolist() == [False, True]
    assert found.values()[0] == 86
    assert found.values()[1] == pytest.approx(np.nan, nan_ok=True)
