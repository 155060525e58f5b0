"""Reads (subject, arm) from a CSV file held in memory. A fault names its line and never a value:
in a file with swapped columns, the subject would be an arm.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from config.errors import BadInput
from config.wording import counted
from studies.arms.sealing import LONGEST_ARM_BYTES
from studies.plan.tables.reading import decoded, delimiter_of

LARGEST_FILE = 1024 * 1024
HEAD = ["subject", "arm"]


class BadRows(BadInput):
    """The file as a whole is refused; `faults` say line by line why, without the values."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"The file has {counted(len(faults), 'error')}. Correct it and import it again.", field="file")
        self.faults = faults


def read_arms(content: bytes, subjects: set[str]) -> dict[str, str]:
    """The arm of each subject; BadRows if any line is wrong."""
    if len(content) > LARGEST_FILE:
        raise BadInput(
            f"The file is larger than {LARGEST_FILE // 1024**2} MB. Keep only the columns subject and arm.",
            field="file",
        )
    text = decoded(content)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True))
    except csv.Error:
        raise BadRows(["The file is not CSV: a quotation mark is left open or is inside a value."]) from None
    faults = list(faults_of(lines, subjects))
    if faults:
        raise BadRows(faults)
    return {row[0].strip(): row[1].strip() for row in lines[1:] if any(cell.strip() for cell in row)}


def faults_of(lines: list[list[str]], subjects: set[str]) -> Iterator[str]:
    """Every fault, described without any value."""
    if not lines or [name.strip().lower() for name in lines[0]] != HEAD:
        yield "Line 1: the columns must be named subject and arm, in this order."
        return
    seen: dict[str, int] = {}
    faulty = False
    for number, row in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if fault := fault_of(row, subjects, seen):
            faulty = True
            yield f"Line {number}: {fault}."
        else:
            seen[row[0].strip()] = number
    if not seen and not faulty:
        yield "The file has no subject of this trial."


def fault_of(row: list[str], subjects: set[str], seen: dict[str, int]) -> str:
    """The fault of one line; empty if there is none."""
    if len(row) != len(HEAD):
        return f"a subject and an arm are expected, and the line has {counted(len(row), 'value')}"
    subject, arm = (cell.strip() for cell in row)
    if subject not in subjects:
        return "the subject does not belong to this trial"
    if subject in seen:
        return f"the subject is already on line {seen[subject]}"
    if not arm or not arm.isprintable():
        return "the arm is empty or contains characters that cannot be printed"
    if len(arm.encode()) > LONGEST_ARM_BYTES:
        return f"the arm is longer than {LONGEST_ARM_BYTES} bytes"
    return ""
