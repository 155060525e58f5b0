"""The two drawings of an endpoint, whatever a line stands for: mean change by visit, and cumulative probability."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.endpoint.by_arm.blocks import ReportColumn, Row
from scoring.endpoint.by_arm.descriptive import cumulative
from scoring.endpoint.by_arm.linear import Matrix
from scoring.endpoint.by_arm.svg import Axis, Plot, PlotLine, axis_over
from scoring.endpoint.by_arm.visits import AnalysisVisit

POINT = (ReportColumn("percent", "Cumulative %"), ReportColumn("change", "Change"))
BAND = "Dashed: the smallest detectable change."
Samples = Sequence[tuple[str, Matrix]]


def band_of(visit: AnalysisVisit) -> list[float]:
    """The smallest detectable change of the visit, above and below zero; empty where it was not estimated."""
    found = [one.limit for one in visit.criteria if one.limit and "SDC" in one.says]
    return [sign * limit for limit in found for sign in (1, -1)]


def cumulative_drawing(title: str, samples: Samples, limits: Sequence[float]) -> Plot:
    """The cumulative probability of each sample of changes, with dashed limits."""
    lines = []
    for name, changes in samples:
        percent, ordered = (one.tolist() for one in cumulative(changes))
        lines.append(PlotLine(f"{name} (n = {len(ordered)})", percent, ordered))
    reach = [*(change for line in lines for change in line.y), *limits, 0.0]
    return Plot(title, Axis("Cumulative %", 0, 100), axis_over("Change from baseline", reach), lines, limits)


def cumulative_rows(key: str, samples: Samples) -> list[Row]:
    """The points of the same drawing."""
    found: list[Row] = []
    for name, changes in samples:
        points = zip(*(one.tolist() for one in cumulative(changes)), strict=True)
        found.extend({key: name, "percent": percent, "change": change} for percent, change in points)
    return found


def mean_drawing(title: str, key: str, names: Sequence[str], rows: Sequence[Row]) -> Plot:
    """Mean changes with intervals by visit, from 0 at the baseline; a line for each name under `key`."""
    visits = list(dict.fromkeys(str(row["visit"]) for row in rows))
    places = {name: at for at, name in enumerate(visits, start=1)}
    lines = []
    for number, name in enumerate(names):
        own = [row for row in rows if row[key] == name]
        shift = (number - (len(names) - 1) / 2) * 0.06
        x = [0.0, *(places[str(row["visit"])] + shift for row in own)]
        y = [0.0, *(number_in(row, "mean") for row in own)]
        limits = [(0.0, 0.0), *((number_in(row, "lower"), number_in(row, "upper")) for row in own)]
        lines.append(PlotLine(name, x, y, limits, marks=True))
    ticks = ((0.0, "Baseline"), *((float(at), name) for name, at in places.items()))
    reach = [end for line in lines for pair in line.limits for end in pair]
    axis = Axis("Visit", -0.3, len(places) + 0.3, ticks)
    return Plot(title, axis, axis_over("Mean change from baseline", [*reach, 0.0]), lines)


def number_in(row: Row, key: str) -> float:
    found = row[key]
    return found if isinstance(found, float) else 0.0
