"""Summaries, shares and the cumulative probability, by hand."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest

from scoring.endpoint.by_arm.descriptive import cumulative, share, summary
from scoring.endpoint.by_arm.svg import Axis, Plot, PlotLine, axis_over, drawn


def test_a_summary_is_the_one_computed_by_hand() -> None:
    """0, 1, 2, 3, 10: mean 3.2, sum of squares 62.8, t(4) 2.776445."""
    found = summary(np.array([3.0, 0, 10, 2, 1]))
    sd = math.sqrt(62.8 / 4)
    assert [found.n, found.mean, found.median, found.q1, found.q3] == pytest.approx([5, 3.2, 2, 1, 3])
    assert [found.minimum, found.maximum, found.sd] == pytest.approx([0, 10, sd])
    assert found.upper == pytest.approx(3.2 + 2.776445 * sd / math.sqrt(5), abs=1e-5)


def test_one_subject_has_a_mean_and_no_spread_and_none_has_nothing() -> None:
    one = summary(np.array([2.5]))
    assert (one.n, one.mean, one.sd, one.lower, one.median) == (1, 2.5, None, None, 2.5)
    assert (summary(np.array([])).n, summary(np.array([])).mean) == (0, None)


def test_a_share_has_the_published_interval_of_wilson() -> None:
    """Newcombe (1998), Stat Med 17:857, table I: 81/263, 15/148, 0/20 and 1/29."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (events, n), (lower, upper) in published.items():
        found = share(events, n)
        assert [found.lower, found.upper] == pytest.approx([lower, upper], abs=5e-5)
    assert share(20, 20).upper == 1
    assert share(0, 0).reason == "no subject has a value"


def test_the_cumulative_probability_places_each_change_at_its_rank() -> None:
    percent, changes = cumulative(np.array([4.0, -0.5, 0.0, 0.0, 1.5]))
    assert percent.tolist() == [10, 30, 50, 70, 90]
    assert changes.tolist() == [-0.5, 0, 0, 1.5, 4]


def test_an_axis_covers_its_numbers_in_round_steps() -> None:
    for low, high in ((0, 0), (-0.03, 0.04), (-3, 117), (5, 5.5), (-2.1, 2.5)):
        axis = axis_over("Change", [high, low])
        assert axis.low <= low <= high <= axis.high
        assert 2 <= len(axis.ticks) <= 9
        assert [axis.low, axis.high] == [axis.ticks[0][0], axis.ticks[-1][0]], "no number stands outside the frame"
    assert axis_over("Change", []).ticks[0] == (0, "0")


def test_a_drawing_is_well_formed_shows_every_arm_differently_and_escapes_names() -> None:
    lines = [
        PlotLine(f"<arm {place}> & more", [0, 100], [0, place], [(0, 0), (place - 1, place + 1)], True)
        for place in range(8)
    ]
    figure = Plot("A <title>", Axis("x", 0, 100), Axis("y", -1, 9), lines, (1.4, -1.4))
    text = drawn(figure)
    root = ElementTree.fromstring(text)
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.findtext("svg:title", namespaces=space) == "A <title>"
    assert "<script" not in text
    paths = [path for path in root.iterfind("svg:path", space) if "line" in path.get("class", "").split()]
    assert len({(path.get("class"), path.get("stroke-dasharray")) for path in paths}) == 8
    assert [node.text for node in root.iterfind("svg:text", space)][-1] == "<arm 7> & more"
    assert figure.place(0, -1) == (62, 332)
    assert figure.place(100, 9) == (624, 14)
