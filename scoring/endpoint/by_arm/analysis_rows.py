"""The rows of analysis.csv: one per subject, parameter, analysis visit and baseline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from config.errors import BadInput
from config.wording import either
from scoring.endpoint.by_arm.named_files import calendar_date, day, in_file, lines_of, number
from scoring.plain_files.lines import FileLine

OBSERVED = ""
# The DTYPE of a dataset in words and in the terms of CDISC.
ORIGINS: Mapping[str, str] = {
    "": "observed",
    "observed": "observed",
    "extrapolated": "extrapolated",
    "extrap": "extrapolated",
    "carried": "carried",
    "locf": "carried",
    "interpolated": "interpolated",
    "interp": "interpolated",
}
FILLED = ("extrapolated", "carried", "interpolated")
NEEDED = ("subject", "param", "avisit", "avisitn", "aval", "base", "chg", "status_base", "dtype")
EXACT = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
CRITERION = re.compile(r"crit[0-9]+")
LIMIT = re.compile(r"(<=?)\s*([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True)
class NoProgression:
    """No progression by one threshold: its number, None where it was not estimated, and whether it is strict."""

    says: str
    limit: float | None
    strict: bool = False

    def met(self, change: float | None) -> str:
        """Y or N, to nine decimal places; empty where the change or the threshold is missing."""
        if change is None or self.limit is None:
            return ""
        difference = round(change - self.limit, 9)
        return "Y" if difference < 0 or (difference == 0 and not self.strict) else "N"


@dataclass(frozen=True)
class AnalysisRow:
    """A value, its baseline, its change, where it comes from, and Y or N by criterion.

    `exact` is the change before rounding. `event_kind` and `event_day` are those of the event that the dataset applied.
    """

    line: int
    subject: str
    site: str
    param: str
    basetype: str
    avisit: str
    avisitn: float
    target_day: int | None
    ady: int | None
    aval: float | None
    base: float | None
    chg: float | None
    status_base: float | None
    origin: str
    reason: str
    film_date: date | None
    flags: Mapping[NoProgression, str] = field(default_factory=dict)
    exact: Fraction | None = None
    event_kind: str = ""
    event_day: int | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a row is about."""
        return self.subject, self.param, self.avisit, self.basetype


ZERO = NoProgression("CHG <= 0", 0.0)
HALF = NoProgression("CHG <= 0.5", 0.5)


def read_analysis(path: Path) -> list[AnalysisRow]:
    """Every row of the file; BadInput names the file, the line, the value and what is allowed."""
    with in_file(path):
        columns, lines = lines_of(path, NEEDED)
        criteria = [name for name in columns if CRITERION.fullmatch(name)]
        rows = [row_of(line, criteria) for line in lines]
        if not rows:
            raise BadInput("The file has no rows. Write at least one line after the first.")
        refuse_doubles(rows, lines)
    return rows


def row_of(line: FileLine, criteria: list[str]) -> AnalysisRow:
    change, place = number(line, "chg"), number(line, "avisitn")
    if place is None:
        raise line.refusal("avisitn", "Write the number of the analysis visit.")
    return AnalysisRow(
        line=line.number,
        subject=line.text("subject"),
        site=line.cells.get("site", ""),
        param=line.text("param"),
        basetype=line.cells.get("basetype", ""),
        avisit=line.text("avisit"),
        avisitn=place,
        target_day=day(line, "target_day"),
        ady=day(line, "ady"),
        aval=number(line, "aval"),
        base=number(line, "base"),
        chg=change,
        status_base=number(line, "status_base"),
        origin=origin_of(line),
        reason=line.cells.get("reason", ""),
        film_date=calendar_date(line, "film_date"),
        flags=flags_of(line, criteria, change),
        exact=exact_change(line, change),
        event_kind=line.cells.get("event_kind", ""),
        event_day=day(line, "event_day"),
    )


def exact_change(line: FileLine, change: float | None) -> Fraction | None:
    """The change as a fraction n/d where the file gives it, otherwise as written."""
    text = line.cells.get("chg_exact", "")
    if not text:
        return None if change is None else Fraction(str(change))
    if not EXACT.fullmatch(text):
        raise line.refusal("chg_exact", "Write a fraction n/d, or leave it empty.")
    return Fraction(text)


def origin_of(line: FileLine) -> str:
    found = ORIGINS.get(line.cells["dtype"].lower())
    if found is None:
        raise line.refusal("dtype", f"Write {either(FILLED)}, or leave it empty for an observed value.")
    return found


def flags_of(line: FileLine, criteria: list[str], change: float | None) -> dict[NoProgression, str]:
    if not criteria:
        return {one: one.met(change) for one in (ZERO, HALF)}
    found = {}
    for name in criteria:
        flag = line.cells.get(f"{name}_fl", line.cells.get(f"{name}fl", ""))
        if flag not in ("Y", "N", ""):
            raise line.refusal(f"{name}_fl", "Write Y or N, or leave it empty.")
        if line.cells[name]:
            found[criterion_of(line.cells[name])] = flag
    return found


def criterion_of(text: str) -> NoProgression:
    """The criterion that a text names.

    >>> criterion_of("CHG <= 0.5 (fixed number)").limit, criterion_of("CHG < 1 (SDC)").strict
    (0.5, True)
    """
    found = LIMIT.search(text)
    return NoProgression(text, float(found[2]) if found else None, bool(found and found[1] == "<"))


def refuse_doubles(rows: list[AnalysisRow], lines: list[FileLine]) -> None:
    seen: dict[tuple[str, str, str, str], int] = {}
    for row, line in zip(rows, lines, strict=True):
        if row.key in seen:
            about = "Write one line for each subject, parameter, visit and baseline"
            raise line.refusal("subject", f"{about}. Line {seen[row.key]} is for the same.")
        seen[row.key] = row.line
