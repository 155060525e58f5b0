"""Ratings of subjects by readers from a plain file: totals, or any number, with or without visits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from config.errors import BadInput
from config.wording import either, quoted
from scoring.agreement.report import Cube
from scoring.plain_files.lines import MISSING, FileLine, natural, read_lines
from scoring.plain_files.numbers import number_in

INFINITE = ("inf", "infinity", "nan")


@dataclass(frozen=True)
class Rating:
    """One reader's total, or any number, for one subject and, if the file has visits, one visit."""

    subject: str
    visit: str
    reader: str
    value: float


def read_ratings(path: Path) -> list[Rating]:
    """The ratings in a file with subject, reader, value and, for change, visit; an empty value is missing."""
    columns, lines = read_lines(path, ("subject", "reader", "value"))
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for line in lines:
        visit = line.text("visit") if "visit" in columns else ""
        key = line.text("subject"), visit, line.text("reader")
        if key in seen:
            raise line.refusal(
                "subject", f"Write one line for each subject, visit and reader. Line {seen[key]} is for the same."
            )
        seen[key] = line.number
        found.append(Rating(*key, number(line)))
    if not found:
        raise BadInput(f"The file {path.name} has no ratings. Write at least one line after the first.")
    return found


def number(line: FileLine) -> float:
    text = line.cells["value"]
    if text in MISSING:
        return float("nan")
    value = number_in(text)
    if text.lower().lstrip("+-") in INFINITE or (value is not None and math.isinf(value)):
        raise line.refusal("value", "Write a finite number, or leave it empty.")
    if value is None:
        decimal = " with a decimal point" if "," in text else ""
        raise line.refusal("value", f"Write a number{decimal}, or leave it empty.")
    return value


def cube_of(ratings: list[Rating], baseline: str | None = None) -> Cube:
    """Subjects x visits x readers, each sorted with numbers by size; the baseline visit, if named, comes first."""
    subjects, visits, readers = (
        sorted({getattr(rating, part) for rating in ratings}, key=natural) for part in ("subject", "visit", "reader")
    )
    if baseline is not None:
        if baseline not in visits:
            raise BadInput(f"The file has no visit {quoted(baseline)} for --baseline. Choose {either(visits)}.")
        visits = [baseline, *(visit for visit in visits if visit != baseline)]
    places = [{name: at for at, name in enumerate(names)} for names in (subjects, visits, readers)]
    values = np.full([len(names) for names in places], np.nan)
    for rating in ratings:
        values[places[0][rating.subject], places[1][rating.visit], places[2][rating.reader]] = rating.value
    return Cube(values, tuple(visits), tuple(readers))
