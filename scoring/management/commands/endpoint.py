"""Reports the endpoint by treatment arm from a downloaded dataset and a list of arms, without a database.

DATASET is the folder or zip of a locked dataset. The arms file has the columns subject and arm, and one for each
--factor. The events file has the columns subject, kind, and day (from the baseline film) or date.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput
from config.wording import quoted
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow, read_analysis
from scoring.endpoint.by_arm.arms_list import ArmsChoice, read_arms
from scoring.endpoint.by_arm.events_list import apply_events, baseline_dates, read_events, says, strategies_of
from scoring.endpoint.by_arm.film_changes import films_of
from scoring.endpoint.by_arm.imputation import Imputations
from scoring.endpoint.by_arm.opened_dataset import OpenedDataset, opened
from scoring.endpoint.by_arm.permutation import Permutations
from scoring.endpoint.by_arm.report import SUPPORTIVE, ArmReport, Methods, refuse_used, report_of, write_report
from scoring.endpoint.by_arm.windows import windows_in
from scoring.plain_files.spreadsheet_text import said_of_encoding

DIGEST = re.compile(r"[0-9a-fA-F]{64}")
CONTAINS_ARMS = "This folder contains treatment arms. Do not show it to anyone who is still blinded."


class Command(BaseCommand):
    """bin/manage endpoint DATASET --arms arms.csv [--factor NAME] [--events FILE --strategy KIND=RULE] --out DIR"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("dataset", type=Path, metavar="DATASET", help="the folder or zip of a locked dataset")
        add("--arms", type=Path, required=True, metavar="FILE", help="the arms file: one line for each subject")
        add("--out", type=Path, required=True, metavar="DIR", help="a new folder for the report")
        add("--reference", default="", metavar="ARM", help="the arm to compare with; by default the first by name")
        add("--factor", action="append", default=[], metavar="NAME", help="a column of the arms file, or site")
        add("--events", type=Path, metavar="FILE", help="the file with intercurrent events")
        add("--strategy", action="append", default=[], metavar="KIND=RULE", help="the strategy for a kind of event")
        add("--plan-sha256", default="", metavar="HEX", help="SHA-256 of the signed analysis plan")
        add("--root", default="", metavar="HEX", help="the SHA-256 that two people signed")
        add("--allow-unread", action="store_true", help="allow subjects without a read in the arms file")
        add("--permutations", type=int, default=Permutations.number, help="number of permutations, 0 for none")
        add("--imputations", type=int, default=Imputations.number, help="number of imputations, 0 for none")
        add("--seed", type=int, default=Permutations.seed, help="seed of permutations and imputations")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            heading = heading_of(options["plan_sha256"])
            refuse_used(options["out"])
            with opened(options["dataset"], options["root"]) as dataset:
                write_report(report(dataset, heading, options), options["out"])
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        for path in filter(None, (options["arms"], options["events"])):
            if said := said_of_encoding(path):
                self.stderr.write(said)
        self.stdout.write(f"The report is {options['out'] / 'index.html'}. {CONTAINS_ARMS}")


def heading_of(digest: str) -> str:
    """Supportive, unless the digest of a signed plan is given."""
    if not digest:
        return SUPPORTIVE
    if not DIGEST.fullmatch(digest.strip()):
        raise BadInput(f"The digest of --plan-sha256 cannot be {quoted(digest)}. Give 64 characters from 0-9 and a-f.")
    return f"Analysis under the signed plan with SHA-256 {digest.strip().lower()}"


def report(dataset: OpenedDataset, heading: str, options: dict[str, Any]) -> ArmReport:
    methods = methods_from(options, dataset.maximum)
    rows = read_analysis(dataset.analysis)
    choice = ArmsChoice(options["reference"], tuple(options["factor"]), options["allow_unread"])
    arms = read_arms(options["arms"], {row.subject: row.site for row in rows}, choice)
    rows, applied = with_events(rows, dataset, options)
    events = [("Event", text) for text in applied]
    return report_of(dataset.facts, dataset.root, rows, arms, methods, heading=heading, facts=events)


def methods_from(options: dict[str, Any], maximum: int) -> Methods:
    for name in ("permutations", "imputations", "seed"):
        if options[name] < 0:
            raise BadInput(f"The number of --{name} cannot be {options[name]}. Give a whole number from 0.")
    if options["imputations"] == 1:
        raise BadInput(
            "One imputation has no variance between imputations. Give --imputations 2 or more, or 0 for none."
        )
    permutations = Permutations(options["permutations"], options["seed"]) if options["permutations"] else None
    imputations = Imputations(options["imputations"], options["seed"]) if options["imputations"] else None
    return Methods(permutations, imputations, maximum)


def with_events(
    rows: list[AnalysisRow], dataset: OpenedDataset, options: dict[str, Any]
) -> tuple[list[AnalysisRow], list[str]]:
    strategies = strategies_of(options["strategy"])
    if options["events"] is None:
        if strategies:
            raise BadInput("A --strategy needs --events, the file with the events it applies to.")
        return rows, []
    events = read_events(options["events"], baseline_dates(rows), {row.subject for row in rows}, strategies)
    films = films_of(dataset, rows, {event.subject for event in events})
    found = apply_events(rows, events, strategies, dataset.terms, films, windows_in(dataset.facts))
    return found.rows, says(found, strategies)
