"""The tables next to a reader's charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from config.cells import Column, Number
from config.listing import Listing
from scoring.monitoring.campaign import Monitored
from scoring.monitoring.drift import BASELINE, LIMIT
from scoring.monitoring.figures import weeks_of
from scoring.monitoring.reader import MonitoredReader

TOO_FEW = "Too few"


def number(value: float | None, places: int = 2) -> Number | str:
    """A number, or that there are too few cases."""
    return TOO_FEW if value is None else Number(value, places)


def per_cent(share: float | None) -> str:
    """A share as a percentage, or that there are too few cases.

    >>> per_cent(0.125), per_cent(None)
    ('12.5 %', 'Too few')
    """
    return TOO_FEW if share is None else f"{share:.1%}".replace("%", " %")


@dataclass(frozen=True)
class ChartedCase:
    """A case of the chart of drift: its place, its number, the partner, and the values of the chart."""

    place: int
    case: int
    signed: datetime
    partner: str
    difference: float
    standardised: float | None
    ewma: float | None


def tables_of(request: HttpRequest, reader: MonitoredReader, monitored: Monitored) -> dict[str, Listing]:
    """Drift, discordance and reads by week."""
    return {
        "drift": drift_table(request, reader, charted(reader, monitored)),
        "discordance": discordance_table(request, reader),
        "reads": reads_table(request, reader),
    }


def named(chart: str, reader: MonitoredReader) -> str:
    """The name of a table and its file."""
    return f"{chart}-R{reader.number:02d}"


def charted(reader: MonitoredReader, monitored: Monitored) -> list[ChartedCase]:
    """The compared cases in the order of the reader's signatures."""
    names = {one.pk: one.name for one in monitored.readers}
    known, drift = not reader.drift.reason, reader.drift
    return [
        ChartedCase(
            place + 1,
            one.number,
            monitored.signed[reader.pk, one.case],
            names[one.second if one.first == reader.pk else one.first],
            reader.differences[place],
            float(drift.standardised[place]) if known else None,
            float(drift.ewma[place]) if known and place >= BASELINE else None,
        )
        for place, one in enumerate(reader.compared)
    ]


def drift_table(request: HttpRequest, reader: MonitoredReader, rows: list[ChartedCase]) -> Listing:
    """A row per case."""
    columns = [
        Column("place", "Place", sort="place"),
        Column("case", "Case", sort="case"),
        Column("signed", "First signed", sort="signed"),
        Column("partner", "Partner", sort="partner"),
        Column("difference", "Difference", lambda row: Number(row.difference, 2), "difference"),
        Column("standardised", "Standardised", lambda row: rounded(row.standardised)),
        Column("ewma", "Moving average", lambda row: rounded(row.ewma)),
        Column("beyond", "Beyond the limit", lambda row: row.ewma is not None and abs(row.ewma) > LIMIT),
    ]
    empty = "No case has been signed by this reader and a partner yet."
    name = named("drift", reader)
    return Listing(request, rows, columns=columns, name=name, prefix="drift", caption="Drift by case", empty=empty)


def rounded(value: float | None) -> Number | None:
    """The number to three decimal places."""
    return None if value is None else Number(value, 3)


def discordance_table(request: HttpRequest, reader: MonitoredReader) -> Listing:
    """A row per group of cases."""
    columns = [
        Column("cases", "Cases", lambda row: f"{row.first} to {row.last}"),
        Column("discordant", "Discordant", sort="discordant"),
        Column("share", "Share", lambda row: Number(row.share, 3), "share"),
        Column("lower", "Lower limit", lambda row: Number(row.lower, 3)),
        Column("upper", "Upper limit", lambda row: Number(row.upper, 3)),
        Column("beyond", "Above the limit", "beyond"),
    ]
    return Listing(
        request,
        reader.groups,
        columns=columns,
        name=named("discordance", reader),
        prefix="discordance",
        caption="Discordance by group of cases",
        empty="Too few cases: the chart has a point for every 20 cases.",
    )


def reads_table(request: HttpRequest, reader: MonitoredReader) -> Listing:
    """A row per week."""
    columns = [
        Column("monday", "Week starting", sort="monday"),
        Column("reads", "Reads first signed", sort="reads"),
        Column("minutes", "Median minutes", lambda row: None if row.minutes is None else Number(row.minutes, 1)),
    ]
    rows, name = weeks_of(reader.reads), named("reads", reader)
    return Listing(request, rows, columns=columns, name=name, prefix="reads", caption="Reads by week")
