"""The results of a locked dataset as a flat CSV file for REDCap: one row for each record and event."""

from __future__ import annotations

from pathlib import Path

from config.errors import BadInput
from config.natural import natural_key
from config.wording import both
from scoring.plain_files.lines import FileLine, read_lines
from scoring.redcap.coming_in import Table, exported_lines, subject_codes
from scoring.redcap.mapping import EVENT, RECORD, RESULTS, VALUES, RedcapMapping

NEEDED = ("subject", "avisit", "param", *VALUES)


def results_for_redcap(analysis: Path, mapping: RedcapMapping, export: Path) -> tuple[Table, list[str]]:
    """The mapped results, and the visits that the mapping does not name.

    `export` is a file from the project, which names the record of each subject.
    """
    if not mapping.results:
        raise BadInput(f"The mapping names no result. Add a line for at least one, such as {both(RESULTS[:1])}.")
    records = {code: record for record, code in subject_codes(exported_lines(export), mapping).items()}
    redcap_events = {visit.code: event for event, visit in mapping.visits.items()}
    rows: dict[tuple[str, str], dict[str, str]] = {}
    unmapped: set[str] = set()
    for line in read_lines(analysis, NEEDED)[1]:
        if (event := redcap_events.get(line.cells["avisit"])) is None:
            unmapped.add(line.cells["avisit"])
            continue
        row = rows.setdefault((record_of(line, records), event), {})
        row |= {f"{line.cells['param']}.{value}": line.cells[value] for value in VALUES}
    head = (RECORD, EVENT, *mapping.results.values())
    table: Table = [head, *((*place, *(row.get(code, "") for code in mapping.results)) for place, row in rows.items())]
    return table, sorted(unmapped, key=natural_key)


def record_of(line: FileLine, records: dict[str, str]) -> str:
    """The record of the line's subject; no result is left out silently."""
    if (record := records.get(line.cells["subject"])) is None:
        raise BadInput(f"The REDCap file has no record of subject {line.cells['subject']}. Export every record.")
    return record
