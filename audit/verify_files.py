"""Checks every stored file against its digest; an interrupted run continues where it stopped.

The position is kept in a state file, with the findings so far; the file is removed at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.utils.module_loading import import_string

from audit.findings import AuditFinding, Report
from config.file_checks import FILE_CHECKS, ROW_CHECKS


@dataclass(frozen=True)
class Checked:
    """One record whose files were checked: its key, its table, and what is wrong in words."""

    key: str
    table: str
    faults: list[str]


@dataclass
class RunPlace:
    """The progress of a run."""

    done: list[str] = field(default_factory=list)
    last: str = ""
    files: int = 0
    found: list[dict[str, str]] = field(default_factory=list)


def check_sealed_rows(report: Report) -> None:
    """Adds the rows behind a sealed link that differ from what the linking row records of them."""
    for name in ROW_CHECKS:
        check: Callable[[], Iterator[Checked]] = import_string(name)
        for checked in check():
            report.findings += [
                AuditFinding("altered row", checked.table, checked.key, fault) for fault in checked.faults
            ]


def check_files(report: Report, state: Path) -> None:
    """Checks the remaining files, saves the position after each record, and adds all findings to the report."""
    place = RunPlace(**json.loads(state.read_text(encoding="utf-8"))) if state.exists() else RunPlace()
    for kind, name in FILE_CHECKS.items():
        if kind in place.done:
            continue
        check: Callable[[str], Iterator[Checked]] = import_string(name)
        for checked in check(place.last):
            place.last, place.files = checked.key, place.files + 1
            place.found += [asdict(AuditFinding("altered file", checked.table, checked.key, f)) for f in checked.faults]
            keep(place, state)
        place.done, place.last = [*place.done, kind], ""
        keep(place, state)
    report.files = place.files
    report.findings += [AuditFinding(**one) for one in place.found]
    state.unlink()


def keep(place: RunPlace, state: Path) -> None:
    part = state.with_suffix(".part")
    part.write_text(json.dumps(asdict(place)), encoding="utf-8")
    part.rename(state)
