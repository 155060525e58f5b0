"""A small downloaded dataset with analysis.csv, built from the columns that every dataset has."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import call_command

from scoring.datasets.package import seal_folder

COLUMNS = (
    *("subject", "site", "param", "basetype", "avisit", "avisitn", "target_day", "ady", "window", "aval", "base"),
    *("chg", "status_base", "dtype", "reason", "event_kind", "event_day", "post_event", "adjudicated", "readers"),
    *("assessed", "imputed", "film_date", "chg_exact", "crit1", "crit1_fl", "crit2", "crit2_fl", "crit3", "crit3_fl"),
)
THRESHOLDS = (("CHG <= 0 (fixed number)", 0.0), ("CHG <= 0.5 (fixed number)", 0.5), ("CHG <= 1.4 (SDC)", 1.4))
VISITS = (("W24", 2, 168), ("W52", 3, 364))
FACTS: dict[str, Any] = {
    "product": "Blindread 0.1.0",
    "trial": "RA-ONE",
    "campaign": "W52",
    "charter": {"version": 1, "digest": "ab" * 32},
    "instrument": {"key": "svdh", "version": "1", "maximum": 448},
}
Row = dict[str, object]


def subjects(number: int) -> list[str]:
    """S001, S002 ..."""
    return [f"S{place:03d}" for place in range(1, number + 1)]


def row_of(subject: str, visit: tuple[str, int, int], base: float, change: float | None, **other: object) -> Row:
    """A row after the baseline with its flags."""
    name, number, day = visit
    found: Row = dict.fromkeys(COLUMNS, "")
    found |= {"subject": subject, "site": "01", "param": "mtss", "basetype": f"{name} PAIRED", "avisit": name}
    found |= {"avisitn": number, "target_day": day, "ady": day, "base": base, "status_base": base, "window": "Y"}
    for place, (text, limit) in enumerate(THRESHOLDS, start=1):
        flag = "" if change is None else "Y" if change <= limit else "N"
        found |= {f"crit{place}": text, f"crit{place}_fl": flag}
    if change is not None:
        found |= {"aval": round(base + change, 4), "chg": change}
    return found | other


def baseline_of(subject: str, base: float, **other: object) -> Row:
    """The row of the baseline."""
    found = row_of(subject, ("W00", 1, 0), base, None, basetype="STATUS")
    return found | {"aval": base} | other


def trial(number: int = 40, seed: int = 7, missing: bool = True) -> list[Row]:
    """Two arms, the odd subjects progressing more; two visits; some values extrapolated, some missing."""
    generator = np.random.default_rng(seed)
    found: list[Row] = []
    for place, subject in enumerate(subjects(number)):
        base = float(generator.integers(0, 60)) / 2
        site = f"0{1 + place % 3}"
        found.append(baseline_of(subject, base, site=site))
        rate = (2.0 if place % 2 == 0 else 0.4) + 0.02 * base
        for at, visit in enumerate(VISITS):
            change: float | None = round(float(generator.normal(rate * (at + 1), 1.5)) * 2) / 2
            other: Row = {"site": site}
            if missing and place % 7 == 3 and at == 1:
                other |= {"dtype": "extrapolated", "ady": "", "reason": "rescue"}
            if missing and place % 11 == 5 and at == 1:
                change, other = None, {"site": site, "ady": "", "reason": "no film at this visit"}
            found.append(row_of(subject, visit, base, change, **other))
    return found


def write_rows(path: Path, rows: Iterable[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def dataset_of(folder: Path, rows: Iterable[Row], *, facts: Mapping[str, Any] = FACTS) -> Path:
    """A sealed dataset with analysis.csv."""
    folder.mkdir()
    write_rows(folder / "analysis.csv", rows)
    seal_folder(folder, dict(facts))
    return folder


def arms_of(names: Iterable[str], arm: Callable[[int], str] = lambda place: ("placebo", "active")[place % 2]) -> str:
    """An arms file with the factor region."""
    lines = [f"{name},{arm(place)},{('east', 'west')[place // 2 % 2]}" for place, name in enumerate(names)]
    return "\n".join(["subject,arm,region", *lines]) + "\n"


def run(dataset: Path, arms: Path, out: Path, *more: object) -> str:
    """The command, with few permutations and imputations."""
    said = io.StringIO()
    few = ("--permutations", "99", "--imputations", "5", "--reference", "placebo")
    call_command(
        "endpoint",
        str(dataset),
        "--arms",
        str(arms),
        "--out",
        str(out),
        *few,
        *map(str, more),
        stdout=said,
        stderr=said,
    )
    return said.getvalue()
