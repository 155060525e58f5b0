"""Computes totals of the item scores in a CSV file: one line per subject, visit and reader, without a database.

Columns: subject, visit, reader; then item, value, reason (long), or one column per item (wide); optional campaign, day.
The file can also be scores.csv of a dataset: the kind of read is then the campaign, and VISITPOS orders the visits.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import instruments
from config.errors import BadInput
from instruments.amounts import ROUNDING
from instruments.layout import Group, layout_of
from instruments.missing import DEFAULT, UnknownRule
from scoring.plain_files.dataset_scores import read_scores
from scoring.plain_files.rules import RULE_HELP, parsed_rule
from scoring.plain_files.spreadsheet_text import said_of_encoding
from scoring.plain_files.totals import PlainTotals, flat_row, name_of, row_of, stamp


class Command(BaseCommand):
    """bin/manage totals --instrument KEY FILE.csv [--missing RULE] [--baseline VISIT] [--receipt] [--json]"""

    help = f"{__doc__} In CSV, {ROUNDING}; numerator and denominator are in their own columns. JSON is not rounded."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--instrument", required=True, metavar="KEY", help=f"one of {', '.join(instruments.KEYS)}")
        parser.add_argument(
            "--missing",
            default=DEFAULT,
            metavar="RULE",
            help=RULE_HELP,
        )
        parser.add_argument(
            "--baseline", metavar="VISIT", help="adds the change from this visit, computed by the same rule"
        )
        parser.add_argument(
            "--receipt", action="store_true", help="shows every item of every total and how it was computed"
        )
        parser.add_argument("--json", action="store_true", help="print all amounts, unrounded, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            instrument = instruments.get(options["instrument"])
            rule = parsed_rule(options["missing"])
            totals = PlainTotals(instrument, rule, read_scores(options["file"], instrument), options["baseline"])
            answer = json_text(totals, options["receipt"]) if options["json"] else text(totals, options["receipt"])
        except (BadInput, instruments.UnknownInstrument, UnknownRule) as error:
            raise CommandError(str(error), returncode=2) from None
        if said := said_of_encoding(options["file"]):
            self.stderr.write(said)
        if instrument.unverified:
            self.stderr.write(f"{instrument.key} has unverified parts. See bin/manage instruments {instrument.key}.")
        self.stdout.write(answer, ending="")


def json_text(totals: PlainTotals, receipts: bool) -> str:
    data: dict[str, Any] = {
        "instrument": totals.instrument.key,
        "version": totals.instrument.version,
        "maximum": totals.instrument.maximum,
        "missing_rule": totals.rule.as_dict(),
        "missing_rule_fact": {"says": totals.rule.kind.says, "mark": totals.rule.kind.fact.mark},
        "baseline": totals.baseline,
        "rows": [row_of(found) for found in totals.scored()],
    }
    if receipts:
        data["receipts"] = [
            {"subject": read.subject, "visit": read.visit, "reader": read.reader, "text": found.as_text().split("\n")}
            for read, found in totals.receipts()
        ]
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def text(totals: PlainTotals, receipts: bool) -> str:
    if receipts:
        return "\n".join(
            f"Subject {read.subject}, visit {read.visit}, reader {read.reader}\n{found.as_text()}\n"
            for read, found in totals.receipts()
        )
    groups = printed(totals)
    made_by = stamp(totals.instrument, totals.rule)
    rows = [flat_row(found, groups, totals.baseline is not None) | made_by for found in totals.scored()]
    columns = dict.fromkeys(name for row in rows for name in row)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def printed(totals: PlainTotals) -> tuple[Group, ...]:
    """Overall, features, regions and features within regions; sides are in the JSON."""
    groups = [group for group in layout_of(totals.instrument).groups if group[2] is None]
    return tuple(sorted(groups, key=lambda group: (sum(part is not None for part in group), name_of(group) != "total")))
