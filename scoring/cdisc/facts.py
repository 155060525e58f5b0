"""The facts about a campaign and about one case that a transfer needs, in plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from instruments.definition import Instrument, Item
from instruments.progression import HALF, Threshold
from scoring.cdisc.variables import Row

SAS_EPOCH = date(1960, 1, 1)
# The READERs of the published list. A case has more if readers who had signed it were replaced.
READERS = 3


@dataclass(frozen=True)
class CampaignFacts:
    """The trial, the campaign, what was scored, and the wording of the grades, if the charter names one.

    `readers` is the largest number of a READER in any of its cases, and never less than 3. `threshold` is the
    charter's threshold of CRIT1; None where it has no fixed number.
    """

    study: str
    campaign: str
    charter_version: int
    instrument: Instrument
    wording: str = ""
    readers: int = READERS
    threshold: Threshold | None = HALF

    @property
    def criterion(self) -> str:
        """What CRIT1 says; empty without a threshold."""
        return self.threshold.condition if self.threshold else ""

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items by PARAMCD of scores.csv."""
        return {item.paramcd: item for item in self.instrument.items}


@dataclass(frozen=True)
class FilmVisit:
    """A visit of a case: VISITNUM and planned day of the protocol, days of its films, and its analysis visit.

    `films` holds the ISO day of each film by region and side. `day` is the first of them, `since_baseline` its distance
    in days from the baseline radiograph. `serves`: whether analysis.csv uses this film for the analysis visit.
    """

    code: str
    number: float
    planned_day: int | None
    day: str
    films: Mapping[tuple[str, str], str]
    analysis_visit: str = ""
    analysis_number: int | None = None
    since_baseline: int | None = None
    serves: bool = False


@dataclass(frozen=True)
class Interval:
    """The change from the baseline to a visit: base and change as written, the exact change, sites; None if missing."""

    base: str
    change: str
    exact: Fraction | None
    assessed: int | None
    imputed: int | None


@dataclass(frozen=True)
class MadeValue:
    """A value of the result at an analysis visit without a film, made by the charter's rules; `dtype` as DTYPE."""

    visit: str
    number: int
    group: str
    dtype: str
    interval: Interval


@dataclass(frozen=True, eq=False)
class CaseFacts:
    """One case: rows of scores.csv and totals.csv, its visits in true order, and the index of the baseline.

    `deciding` are, by visit and group, the codes of the readers whose mean the value is, without groups whose value is
    missing; `corrected` the tokens of reads signed more than once.
    `intervals` holds, by SOURCE of totals.csv, the changes to each visit after the baseline by group; `made` the values
    of analysis.csv that were not observed.
    """

    campaign: CampaignFacts
    subject: str
    visits: Sequence[FilmVisit]
    baseline: int | None
    deciding: Sequence[Mapping[str, frozenset[str]]]
    scores: Sequence[Row]
    totals: Sequence[Row]
    intervals: Mapping[str, Sequence[Mapping[str, Interval]]]
    corrected: frozenset[str] = frozenset()
    adjudicated_because: str = ""
    made: Sequence[MadeValue] = ()


def place_of(row: Row) -> int:
    """The place of a row's visit in the case, from 0."""
    return int(str(row["VISITPOS"])) - 1


def without_day_0(days: int | None) -> int | None:
    """A study day: the anchor is day 1 and the day before it -1.

    >>> without_day_0(0), without_day_0(-1), without_day_0(168)
    (1, -1, 169)
    """
    return None if days is None else days + (days >= 0)


def sas_date(day: str) -> int:
    """Days since 1960.

    >>> sas_date("2024-05-17")
    23513
    """
    return (date.fromisoformat(day) - SAS_EPOCH).days


def in_order(rows: list[dict[str, object]], keys: Sequence[str], sequence: str) -> list[dict[str, object]]:
    """The rows of a subject sorted by the keys, numbered from 1."""

    differ = [key for key in keys if key != sequence and len({row.get(key) for row in rows}) > 1]
    rows.sort(key=lambda row: [sortable(row.get(key)) for key in differ])
    for place_in_subject, row in enumerate(rows, start=1):
        row[sequence] = place_in_subject
    return rows


def sortable(value: object) -> tuple[float, str]:
    """A cell that sorts as in SAS: missing first, numbers by value, text by its characters."""
    if value is None:
        return (float("-inf"), "")
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))
