"""The charts of a reader as SVG: drift, discordance, and reads signed by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from django.utils import timezone

from scoring.endpoint.by_arm.svg import Axis, Plot, PlotLine, axis_over, drawn
from scoring.monitoring.discordance_chart import CaseGroup
from scoring.monitoring.drift import BASELINE, LIMIT, Drift
from scoring.monitoring.reader import MonitoredReader
from scoring.monitoring.signed_counts import ReadCounts


@dataclass(frozen=True)
class Week:
    """A week from its Monday: the number of reads first signed in it, and their median time."""

    monday: date
    reads: int
    minutes: float | None


def drift_figure(name: str, drift: Drift) -> str:
    """The standardised differences by case, their moving average after the baseline, and the limits dashed."""
    cases = [float(case) for case in range(1, len(drift.ewma) + 1)]
    single, average = drift.standardised.tolist(), drift.ewma.tolist()
    lines = [
        PlotLine("Moving average", cases[BASELINE - 1 :], average[BASELINE - 1 :]),
        PlotLine("Standardised difference of one case", cases, single, scattered=True),
    ]
    x = axis_over("Case", [0.0, *cases])
    y = axis_over("Standardised difference", [*single, *average, LIMIT, -LIMIT])
    return drawn(Plot(f"Drift of {name}", x, y, lines, [LIMIT, -LIMIT]), on_white=True)


def discordance_figure(name: str, groups: Sequence[CaseGroup], centre: float) -> str:
    """The share of discordant cases by group of cases; that of the whole campaign and the limits dashed."""
    x = [float(group.last) for group in groups]
    line = PlotLine(
        "Share of discordant cases, in groups of 20 cases", x, [group.share for group in groups], marks=True
    )
    across, up = axis_over("Case", [0.0, *x]), Axis("Share of discordant cases", 0, 1)
    limits = [groups[0].lower, centre, groups[0].upper] if groups else []
    return drawn(Plot(f"Discordant cases of {name}", across, up, [line], limits), on_white=True)


def reads_figure(name: str, weeks: Sequence[Week]) -> str:
    """The number of reads by week."""
    x = [float(place) for place in range(1, len(weeks) + 1)]
    y = [float(week.reads) for week in weeks]
    line = PlotLine("Reads first signed", x, y, marks=True)
    across, up = axis_of_counts("Week of the reader's work", x), axis_of_counts("Reads", y)
    return drawn(Plot(f"Reads of {name} by week", across, up, [line]), on_white=True)


def axis_of_counts(label: str, counts: Sequence[float]) -> Axis:
    """An axis from 0 whose ticks are whole numbers."""
    over = axis_over(label, [0.0, *counts])
    return replace(over, names=tuple(tick for tick in over.ticks if float(tick[0]).is_integer()))


def weeks_of(reads: Sequence[ReadCounts]) -> list[Week]:
    """Every week from the first signature to the last, including those without a read."""
    mondays = [monday_of(one) for one in reads]
    counted = Counter(mondays)
    if not mondays:
        return []
    number = (max(mondays) - min(mondays)).days // 7 + 1
    every = [min(mondays) + timedelta(weeks=week) for week in range(number)]
    return [Week(monday, counted[monday], minutes_in(monday, reads)) for monday in every]


def monday_of(one: ReadCounts) -> date:
    """The Monday of the week in which a read was first signed."""
    day = timezone.localdate(one.signed)
    return day - timedelta(days=day.weekday())


def minutes_in(monday: date, reads: Sequence[ReadCounts]) -> float | None:
    """The median time of the reads of a week; None where none was timed."""
    timed = [one.seconds / 60 for one in reads if one.seconds is not None and monday_of(one) == monday]
    return median(timed) if timed else None


def figures_of(reader: MonitoredReader) -> dict[str, str]:
    """The figures for which there are enough cases, by name."""
    found = {"reads": reads_figure(reader.name, weeks_of(reader.reads))}
    if reader.groups:
        found["discordance"] = discordance_figure(reader.name, reader.groups, reader.centre)
    if not reader.drift.reason:
        found["drift"] = drift_figure(reader.name, reader.drift)
    return found
