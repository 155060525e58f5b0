"""Lists what other rules would change in the analysis.csv of a lock. The lock itself is not changed.

LOCK is TRIAL/CAMPAIGN/NUMBER. The values are computed from the same signed values, with the same readers and the same
smallest detectable change. The output is CSV, with one line for each column of a row that differs.
"""

from __future__ import annotations

import csv
from dataclasses import astuple
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput
from config.wording import counted
from instruments.missing import MissingRule
from scoring.consensus.signed_series import AlteredValues
from scoring.datasets.case_rows import ResultDiffers
from scoring.endpoint.rule_diff import differences, lock_named, strategies_of
from scoring.plain_files.numbers import csv_text
from scoring.plain_files.rules import RULE_HELP, parsed_rule

COLUMNS = ("subject", "param", "avisit", "column", "locked", "other")


class Command(BaseCommand):
    """bin/manage rule_diff LOCK [--missing-rule RULE] [--event-rule KIND=RULE]"""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("lock", metavar="LOCK", help="trial, campaign and number of a lock in force, such as RA-1/C1/1")
        add("--missing-rule", default="", metavar="RULE", help=RULE_HELP)
        add(
            "--event-rule",
            action="append",
            default=[],
            metavar="KIND=RULE",
            help="another strategy for a kind of event",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = self.listed(options)
        except (BadInput, ResultDiffers, AlteredValues) as error:
            raise CommandError(str(error), returncode=2) from None
        self.stderr.write(f"{counted(len(rows), 'row differs', 'rows differ')} from lock {options['lock']}.")

    def listed(self, options: dict[str, Any]) -> set[tuple[str, str, str]]:
        """Writes every difference; returns the rows that differ."""
        missing, strategies = rule_given(options["missing_rule"]), strategies_of(options["event_rule"])
        if missing is None and not strategies:
            raise BadInput("No other rule is given. Give --missing-rule, --event-rule or both.")
        found = set()
        lock, writer = lock_named(options["lock"]), csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in differences(lock, missing, strategies):
            writer.writerow([csv_text(cell) for cell in astuple(one)])
            found.add((one.subject, one.param, one.avisit))
        return found


def rule_given(text: str) -> MissingRule | None:
    """The missing rule, if one is given."""
    if not text:
        return None
    try:
        return parsed_rule(text)
    except ValueError as error:
        raise BadInput(str(error)) from None
