"""A number stands with its noun in the right form: "1 share", not "1 shares"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config.wording import counted

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "api", "audit", "config", "instruments", "jobs", "reading", "rehearsal", "scoring", "studies")
NOUNS = (
    "accounts|anchors|attempts|cases|cells|checks|coefficients|columns|cores|custodians|events|faults|files|films|images"
    "|intervals|items|joints|keys|lines|locks|masks|minutes|people|questions|readers|reads|repeats|replicates|roles|rows"
    "|shares|signatures|sites|steps|subjects|tables|timepoints|tokens|transfers|values|views|visits"
)
AFTER_A_NUMBER = re.compile(rf" (?:[a-z-]+ )?({NOUNS})\b")
IN_A_TEMPLATE = re.compile(rf"\{{\{{ ?([a-z_.|]+) ?\}}\}} (?:[a-z-]+ )?({NOUNS})\b")
# Numbers that are never 1, by the reason.
NEVER_ONE = {
    "a limit": ("baseline", "each", "fewest", "least_readers", "least_subjects", "self.replicates", "table.most"),
    "more than one": (
        "columns",
        "len(estimates)",
        "len(grades)",
        "len(row)",
        "n",
        "others",
        "sites",
    ),
    "every table, every item": ("len(existing())", "len(instrument.items)"),
    "readers of a case: two or three": ("data.averaged", "len(self.everyone)", "one.terms.readers_per_case"),
    "cells of a case": ("progress.expected_count", "progress.saved_count"),
    "keys of an arms list: two or more": ("newest.keys|length",),
    "no number": ("Purpose(wanted.purpose).label", "concern", "quoted(step)", "quoted(wanted)", "they", "trial.code"),
}
KNOWN = {expression for expressions in NEVER_ONE.values() for expression in expressions}


def counts_in_code(path: Path) -> Iterator[str]:
    """What stands before a noun in the plural and is not counted; numbers in thousands and constants are left out."""
    for text in ast.walk(ast.parse(path.read_text())):
        if not isinstance(text, ast.JoinedStr):
            continue
        for value, after in zip(text.values, text.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            written = ast.unparse(value.value)
            is_fixed = value.format_spec is not None or written.isupper() or "counted(" in written
            if not is_fixed and AFTER_A_NUMBER.match(str(after.value)):
                yield written


def counts_in_template(path: Path) -> Iterator[str]:
    """The same in a template."""
    return (found[0] for found in IN_A_TEMPLATE.findall(path.read_text()))


def test_every_number_before_a_noun_gives_the_noun_its_form() -> None:
    code = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    pages = sorted((ROOT / "templates").rglob("*.html"))
    found = [(path, written) for path in code for written in counts_in_code(path)]
    found += [(path, written) for path in pages for written in counts_in_template(path)]
    assert [f"{path.relative_to(ROOT)}: {written}" for path, written in found if written not in KNOWN] == []
    assert {written for _, written in found} == KNOWN, "every exception is needed"


def test_one_is_singular_and_any_other_number_plural() -> None:
    assert [counted(number, "share") for number in (0, 1, 2)] == ["0 shares", "1 share", "2 shares"]
