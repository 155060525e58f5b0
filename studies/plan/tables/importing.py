"""A table is checked and shown as a whole, then written in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic
from config.errors import BadInput, NotAllowed, WrongState
from config.wording import quoted
from studies.models import Trial
from studies.naming import shortened
from studies.plan.tables.kinds import Key, TableField, TableKind
from studies.plan.tables.reading import Fault, TableLine, read_lines


@dataclass(frozen=True)
class Preview:
    """The content of the file: the rows as they would be written, and all their faults."""

    table: TableKind
    columns: list[str]
    lines: list[TableLine]
    rows: list[dict[str, Any]]
    faults: list[Fault]

    @property
    def marked(self) -> list[tuple[TableLine, list[str], list[Fault]]]:
        """Each line with its values in order and its faults."""
        return [
            (
                line,
                [line.values.get(name, "") for name in self.columns],
                [f for f in self.faults if f.line == line.number],
            )
            for line in self.lines
        ]

    @property
    def may_be_written(self) -> bool:
        """Whether there are rows and no faults."""
        return bool(self.rows) and not self.faults


def preview(*, trial: Trial, table: TableKind, text: str, actor: Actor) -> Preview:
    """Checks every value of the table against the current trial, and every line against the person's permissions."""
    fields = table.fields(trial)
    names, required = [field.name for field in fields], [field.name for field in fields if field.otherwise is None]
    lines, faults = read_lines(text, names, required)
    if table.most is not None and len(lines) > table.most:
        says = f"The table has {len(lines):,} lines below the column names. At most {table.most} are read at once."
        raise BadInput(f"{says} Split it into smaller files.", field="file")
    check = table.check(trial, actor) if table.check else None
    rows: list[dict[str, Any]] = []
    seen = table.taken(trial)
    for line in lines:
        row, wrong = read_row(line, fields)
        wrong += list(twice(table, line, seen)) if not wrong else []
        wrong += list(unwritable(check, line, row)) if check and not wrong else []
        faults += wrong
        rows += [] if wrong else [row]
    return Preview(table, names, lines, rows, sorted(faults, key=lambda fault: fault.line))


def read_row(line: TableLine, fields: list[TableField]) -> tuple[dict[str, Any], list[Fault]]:
    """The values of one row, and a fault for each that is not valid."""
    row, wrong = {}, []
    for field in fields:
        text = line.values.get(field.name, "") or field.otherwise or ""
        try:
            row[field.name] = field.read(text)
        except BadInput as refusal:
            wrong.append(Fault(line.number, field.name, str(refusal)))
    return row, wrong


def twice(table: TableKind, line: TableLine, seen: set[Key]) -> Iterator[Fault]:
    """A fault if the row's key is in the trial or further up in the file; remembers it otherwise."""
    key = tuple(line.values.get(name, "") for name in table.key)
    if key in seen:
        named = ", ".join(f"{name} {quoted(shortened(value))}" for name, value in zip(table.key, key, strict=True))
        says = f"The {named} is already in the trial or on an earlier line. Remove this line or correct it."
        yield Fault(line.number, table.key[-1], says)
    seen.add(key)


def unwritable(check: Callable[[Mapping[str, Any]], None], line: TableLine, row: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault if the function that writes the row would refuse it."""
    try:
        check(row)
    except (BadInput, WrongState, NotAllowed) as refusal:
        yield Fault(line.number, "", str(refusal))


def first_problem(checked: Preview) -> str:
    """Why nothing was written, in a sentence or two."""
    if not checked.faults:
        return f"The table of {checked.table.label.lower()} has no lines below the column names. Add at least one line."
    fault = checked.faults[0]
    place = f"Line {fault.line}, column {fault.column}" if fault.column else f"Line {fault.line}"
    return f"{place}: {fault.says}"


def write_table(*, trial: Trial, table: TableKind, text: str, actor: Actor) -> int:
    """Writes every row, each with its own audit event; returns their number."""
    authorise(actor, Action.SET_UP_TRIAL)
    checked = preview(trial=trial, table=table, text=text, actor=actor)
    if not checked.may_be_written:
        raise BadInput(first_problem(checked))
    with audited_atomic():
        table.write_rows(trial, checked.rows, actor)
    return len(checked.rows)
