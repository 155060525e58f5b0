"""The table that says which field and event of a REDCap project means what in Blindread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.errors import BadInput
from config.wording import either, quoted
from reading.charter.terms import EVENT_KINDS
from scoring.endpoint.films import PARAMS
from scoring.plain_files.lines import FileLine, read_lines
from studies.plan.visits import OUTSIDE_THE_PLAN

RECORD, EVENT, REPEATED = "record_id", "redcap_event_name", "redcap_repeat_instrument"
VALUES = ("aval", "base", "chg", "status")
RESULTS = tuple(f"{param}.{value}" for param in PARAMS for value in VALUES)
COLUMNS = ("blindread", "code", EVENT, "redcap_field")
# As the table of visits reads them.
OUTSIDE = tuple(kind.value.replace("-", " ") for kind in OUTSIDE_THE_PLAN)
# What a line of the mapping can mean, and which codes it may have; None for the trial's own codes.
MEANINGS: dict[str, tuple[str, ...] | None] = {
    "subject": ("",),
    "site": ("",),
    "film": ("",),
    "visit": None,
    **dict.fromkeys(OUTSIDE),
    "event": tuple(EVENT_KINDS),
    "result": RESULTS,
}


@dataclass(frozen=True)
class MappedVisit:
    """A visit: its code, its kind ("visit" for one of the plan), and the field with its date."""

    code: str
    kind: str
    field: str


@dataclass(frozen=True)
class RedcapMapping:
    """The mapping of a project. `visits` are by REDCap event; `events` by kind of intercurrent event."""

    subject: str
    site: str
    film: str
    visits: dict[str, MappedVisit]
    events: dict[str, str]
    results: dict[str, str]


def read_mapping(path: Path) -> RedcapMapping:
    """The mapping in a file; BadInput names the line that cannot be used."""
    fields: dict[tuple[str, str], str] = {}
    visits: dict[str, MappedVisit] = {}
    for line in read_lines(path, COLUMNS)[1]:
        meaning, code = checked(line)
        if (meaning, code) in fields or (meaning in visit_meanings() and line.cells[EVENT] in visits):
            raise line.refusal("blindread", "An earlier line says the same. Keep one.")
        fields[meaning, code] = line.text("redcap_field")
        if meaning in visit_meanings():
            visits[line.text(EVENT)] = MappedVisit(code, meaning, line.cells["redcap_field"])
    return RedcapMapping(
        subject=fields.get(("subject", ""), RECORD),
        site=fields.get(("site", ""), ""),
        film=fields.get(("film", ""), ""),
        visits=visits,
        events={code: field for (meaning, code), field in fields.items() if meaning == "event"},
        results={code: field for (meaning, code), field in fields.items() if meaning == "result"},
    )


def visit_meanings() -> tuple[str, ...]:
    """The meanings that name a visit."""
    return ("visit", *OUTSIDE)


def checked(line: FileLine) -> tuple[str, str]:
    """Meaning and code of a line."""
    meaning, code = line.cells["blindread"], line.cells["code"]
    if meaning not in MEANINGS:
        raise line.refusal("blindread", f"Write {either(MEANINGS)}.")
    allowed = MEANINGS[meaning]
    if allowed is None:
        return meaning, line.text("code")
    if code not in allowed:
        raise line.refusal(
            "code", f"Write {either(allowed)}." if allowed != ("",) else f"Leave it empty for {meaning}."
        )
    return meaning, code


def value_of(line: FileLine, column: str) -> str:
    """A cell of a REDCap file; BadInput if the file does not have the field."""
    if column not in line.cells:
        raise BadInput(f"The REDCap file has no field {quoted(column)}, which the mapping names. Export it too.")
    return line.cells[column]
