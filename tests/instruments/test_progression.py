"""Progression by threshold, its strictness stated."""

from __future__ import annotations

from fractions import Fraction

import pytest

from instruments.progression import HALF, ZERO, own_threshold, progressed, sdc_threshold


def test_no_progression_is_zero_or_less_and_one_half_or_less() -> None:
    assert [progressed(value, ZERO) for value in (-1, 0, Fraction(1, 100))] == [False, False, True]
    assert [progressed(value, HALF) for value in (0, 0.5, Fraction(51, 100))] == [False, False, True]


def test_a_threshold_says_whether_it_is_strict() -> None:
    loose = own_threshold(5, source="protocol", strict=False)
    assert (progressed(5, loose), progressed(5, own_threshold(5, source="protocol"))) == (True, False)
    assert loose.says == "progression: change >= 5; no progression: change < 5"


def test_a_decimal_threshold_is_read_as_written() -> None:
    """The float 0.1 is above one tenth; a change of exactly one tenth is not above one tenth."""
    assert progressed(Fraction(1, 10), own_threshold(0.1, source="protocol")) is False


def test_a_smallest_detectable_change_names_its_source_and_interval() -> None:
    threshold = sdc_threshold("1.15", source="RA-BEGIN, RMD Open", interval="0-24 weeks")
    assert threshold.source == "RA-BEGIN, RMD Open, interval 0-24 weeks"
    for source, interval in (("", "0-24"), ("RA-BEGIN", " ")):
        with pytest.raises(ValueError, match=r"of a threshold is empty\. Give a text\."):
            sdc_threshold(1.15, source=source, interval=interval)
    with pytest.raises(ValueError, match=r"The threshold cannot be “high”\. Give a number\."):
        own_threshold("high", source="protocol")


def test_a_missing_change_has_no_progression_status() -> None:
    assert progressed(None, ZERO) is None
    assert progressed(float("nan"), ZERO) is None
