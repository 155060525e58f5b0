"""The films behind analysis.csv, those that serve no analysis visit as well: the result's change to each of them.

ADXR has the day, the baseline and the rounded change of every film after the baseline, changes.csv the exact change.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import instruments
from scoring.cdisc.adam import ADXR
from scoring.cdisc.facts import READERS
from scoring.cdisc.parameters import total_parameters
from scoring.cdisc.readings import RESULT
from scoring.cdisc.transfer import FOLDER
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.named_files import plain
from scoring.endpoint.by_arm.opened_dataset import OpenedDataset

CHANGES = "changes.csv"
OBSERVED, TOTAL = "observed", "total"
Place = tuple[str, str, str]


@dataclass(frozen=True)
class FilmChange:
    """A film after the baseline: its day on the scale of ADY, the change to it, the baseline; None with the reason."""

    day: int
    change: Fraction | None
    base: float | None
    reason: str = ""


# By subject and parameter, then by the code of the film's visit.
Films = Mapping[tuple[str, str], Mapping[str, FilmChange]]


@dataclass(frozen=True)
class FilmSeries:
    """A subject's films of one parameter: the row of the baseline, the sources by day, the films by their visit."""

    baseline: AnalysisRow
    sources: Mapping[int, FilmChange]
    by_visit: Mapping[str, FilmChange]


def films_of(dataset: OpenedDataset, rows: Sequence[AnalysisRow], subjects: Collection[str]) -> Films:
    """The films of these subjects; none where the dataset has not both tables."""
    adxr, changes = dataset.folder / FOLDER / ADXR.json_file, dataset.folder / CHANGES
    if not adxr.is_file() or not changes.is_file():
        return {}
    baselines = baselines_of(rows)
    visit = next(iter(baselines.values())).avisit
    exact, reasons = exact_changes(changes, visit, subjects)
    groups = groups_by_code(dataset.facts)
    interval = f"CAMPAIGN {dataset.facts['campaign']} REPEAT 1 {visit} TO "
    found: dict[tuple[str, str], dict[str, FilmChange]] = {}
    for record in records(adxr):
        subject, group = record["USUBJID"], groups.get(record["PARAMCD"])
        of_film = record["ADT"] and record["ABLFL"] != "Y" and record["BASETYPE"].startswith(interval)
        if of_film and group and subject in subjects and (subject, group) in baselines:
            code = record["BASETYPE"].removeprefix(interval)
            place, start = (subject, code, group), baselines[subject, group].ady or 0
            own = found.setdefault((subject, group), {})
            reason = reasons.get(place, f"no change from {visit} to {code}")
            own[code] = film_of(record, start, exact.get(place), reason)
    return found


def baselines_of(rows: Sequence[AnalysisRow]) -> dict[tuple[str, str], AnalysisRow]:
    """The row of the baseline of each subject and parameter: that of the first analysis visit."""
    first = min(row.avisitn for row in rows)
    return {(row.subject, row.param): row for row in rows if row.avisitn == first}


def groups_by_code(facts: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of the result in ADXR, by PARAMCD, as analysis.csv names them."""
    parameters = total_parameters(instruments.get(facts["instrument"]["key"]), facts.get("readers", READERS))
    return {one.code: group for (group, slot), one in parameters.items() if slot == RESULT}


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a Dataset-JSON file."""
    with path.open(encoding="ascii") as file:
        names = [column["name"] for column in json.loads(next(file))["columns"]]
        for line in file:
            yield dict(zip(names, json.loads(line), strict=True))


def film_of(record: Mapping[str, Any], start: int, exact: Fraction | None, reason: str) -> FilmChange:
    """The film of a record; ADY of ADXR has no day 0."""
    day = start + record["ADY"] - (record["ADY"] > 0)
    if record["CHG"] is None:
        return FilmChange(day, None, None, reason)
    return FilmChange(day, Fraction(str(record["CHG"])) if exact is None else exact, float(record["BASE"]))


def exact_changes(
    path: Path, baseline: str, subjects: Collection[str]
) -> tuple[Mapping[Place, Fraction], Mapping[Place, str]]:
    """The changes of the result from the baseline by subject, visit and group, and why others are missing.

    The changes of a case that has a visit before the baseline begin there, so they and their reasons are left out.
    """
    found, reasons = {}, {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            subject = plain(row["USUBJID"])
            counts = row["SOURCE"] == RESULT and plain(row["BASEVISIT"]) == baseline
            if not counts or subject not in subjects:
                continue
            place = subject, plain(row["VISIT"]), row["GROUP"]
            if row["EXACT"]:
                found[place] = Fraction(row["EXACT"])
            else:
                reasons[place] = plain(row["NAREASON"])
    return found, reasons


def series_of(rows: Sequence[AnalysisRow], films: Films) -> dict[tuple[str, str], FilmSeries]:
    """The films of every subject and parameter: those of analysis.csv, and the further ones."""
    baselines = baselines_of(rows)
    found = {key: {one.day: one for one in films.get(key, {}).values() if one.change is not None} for key in baselines}
    for row in rows:
        start = baselines[row.subject, row.param].ady
        if start is None or row.ady is None or row.ady <= start or row.exact is None or row.origin != OBSERVED:
            continue
        found[row.subject, row.param][row.ady] = FilmChange(row.ady, row.exact, row.base)
    return {key: FilmSeries(baselines[key], of_total(key, found), films.get(key, {})) for key in found}


def of_total(
    key: tuple[str, str], found: Mapping[tuple[str, str], Mapping[int, FilmChange]]
) -> Mapping[int, FilmChange]:
    """Without films whose total is missing, which are no source for erosion or narrowing either."""
    own, total = found[key], found.get((key[0], TOTAL))
    return own if total is None else {day: film for day, film in own.items() if day in total}
