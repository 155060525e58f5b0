"""A flat CSV file from REDCap as the tables that the import pages read: subjects, visits, events, the EDC list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import BadInput
from config.natural import natural_key
from config.wording import both
from scoring.plain_files.lines import FileLine, read_lines
from scoring.redcap.mapping import EVENT, RECORD, REPEATED, MappedVisit, RedcapMapping, value_of

YES, NO = ("1", "yes"), ("0", "no")
ARM = re.compile(r"(?<=_)arm_\d+$")
Table = list[tuple[str, ...]]


@dataclass(frozen=True)
class RedcapTables:
    """The tables by file name, each with its column names first, and the REDCap events that are not mapped."""

    files: dict[str, Table]
    unmapped: list[str]


def read_redcap(path: Path, mapping: RedcapMapping) -> RedcapTables:
    """The tables of a file; BadInput names the line that cannot be used."""
    lines = [line for line in exported_lines(path) if not line.cells.get(REPEATED)]
    refuse_twice(lines)
    files = {"edc-list.csv": edc_list(lines, mapping)}
    if mapping.site:
        files["subjects.csv"] = subjects(lines, mapping)
    if any(visit.kind != "visit" for visit in mapping.visits.values()):
        files["visits.csv"] = visits(lines, mapping)
    if mapping.events:
        files["events.csv"] = events(lines, mapping)
    named = {line.cells[EVENT] for line in lines}
    return RedcapTables(files, sorted(named - mapping.visits.keys()))


def exported_lines(path: Path) -> list[FileLine]:
    """Every line of a file from REDCap; BadInput if its events belong to more than one arm, which may be treatments."""
    lines = list(read_lines(path, (RECORD, EVENT))[1])
    arms: list[str] = sorted({found[0] for line in lines if (found := ARM.search(line.cells[EVENT]))}, key=natural_key)
    if len(arms) > 1:
        text = f"The events of the REDCap file belong to more than one arm: {both(arms)}"
        raise BadInput(f"{text}. Use a project in which every record has the same arm.")
    return lines


def refuse_twice(lines: Sequence[FileLine]) -> None:
    """Each record has one row for each event."""
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if (place := (line.text(RECORD), line.cells[EVENT])) in seen:
            raise line.refusal(RECORD, f"An earlier line has this record and event {line.cells[EVENT]}. Keep one.")
        seen.add(place)


def subject_codes(lines: Sequence[FileLine], mapping: RedcapMapping) -> dict[str, str]:
    """The subject code of each record; one row of the record is enough, and no two records have the same code."""
    found: dict[str, str] = {}
    for line in lines:
        code = value_of(line, mapping.subject)
        if code and found.setdefault(line.cells[RECORD], code) != code:
            raise line.refusal(mapping.subject, f"An earlier row of the record has {found[line.cells[RECORD]]}.")
    for line in lines:
        if line.cells[RECORD] not in found:
            raise line.refusal(mapping.subject, "Give the subject code in one row of the record.")
    refuse_shared(found)
    return found


def refuse_shared(codes: Mapping[str, str]) -> None:
    """BadInput when two records have the same subject code."""
    record_of: dict[str, str] = {}
    for record, code in codes.items():
        if (other := record_of.setdefault(code, record)) != record:
            raise BadInput(f"Records {other} and {record} of the REDCap file both have subject code {code}. Keep one.")


def subjects(lines: Sequence[FileLine], mapping: RedcapMapping) -> Table:
    """Site and subject of each record."""
    codes, sites = subject_codes(lines, mapping), dict[str, str]()
    for line in lines:
        if site := value_of(line, mapping.site):
            sites.setdefault(line.cells[RECORD], site)
    return [("site", "subject"), *((sites.get(record, ""), code) for record, code in codes.items())]


def visited(lines: Sequence[FileLine], mapping: RedcapMapping) -> Iterator[tuple[FileLine, MappedVisit]]:
    """The rows of mapped events."""
    for line in lines:
        if visit := mapping.visits.get(line.cells[EVENT]):
            yield line, visit


def visits(lines: Sequence[FileLine], mapping: RedcapMapping) -> Table:
    """The visits outside the plan that took place: those with a date."""
    codes = subject_codes(lines, mapping)
    return [
        ("subject", "visit", "kind"),
        *(
            (codes[line.cells[RECORD]], visit.code, visit.kind)
            for line, visit in visited(lines, mapping)
            if visit.kind != "visit" and value_of(line, visit.field)
        ),
    ]


def events(lines: Sequence[FileLine], mapping: RedcapMapping) -> Table:
    """Every intercurrent event with a date; its source is the field of REDCap."""
    codes = subject_codes(lines, mapping)
    found: dict[tuple[str, str, str], str] = {}
    for line in lines:
        for kind, field in mapping.events.items():
            if day := value_of(line, field):
                found.setdefault((codes[line.cells[RECORD]], kind, day), f"REDCap {field}")
    return [("subject", "kind", "date", "source"), *((*event, source) for event, source in found.items())]


def edc_list(lines: Sequence[FileLine], mapping: RedcapMapping) -> Table:
    """Every visit with its date, and whether films were taken; no dates of events, which may show the arm."""
    codes = subject_codes(lines, mapping)
    table: Table = [("subject", "visit", "date", *(("film",) if mapping.film else ()))]
    for line, visit in visited(lines, mapping):
        day, film = value_of(line, visit.field), taken(line, mapping.film) if mapping.film else ""
        if day or film:
            table.append((codes[line.cells[RECORD]], visit.code, day, *((film,) if mapping.film else ())))
    return table


def taken(line: FileLine, column: str) -> str:
    """yes, no or empty, from a yes/no field."""
    text = value_of(line, column).lower()
    if text and text not in (*YES, *NO):
        raise line.refusal(column, "Write 1 or 0, or leave it empty.")
    return "yes" if text in YES else "no" if text in NO else ""
