"""Makes a flat CSV file for REDCap from the results of a locked dataset, without a database.

DATASET is the folder or zip of the dataset, EXPORT a flat CSV file from the project with every record. The root is the
one that two people signed: results are handed over only after the lock.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput
from config.wording import both, counted, quoted
from scoring.endpoint.by_arm.opened_dataset import opened
from scoring.endpoint.by_arm.report import refuse_used
from scoring.redcap.going_out import results_for_redcap
from scoring.redcap.mapping import read_mapping
from scoring.redcap.writing import write_tables

NAME = "redcap-results.csv"
DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class Command(BaseCommand):
    """bin/manage redcap_out DATASET --root HEX --records EXPORT --mapping FILE --out DIR"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("dataset", type=Path, metavar="DATASET", help="the folder or zip of a locked dataset")
        add("--root", required=True, metavar="HEX", help="the SHA-256 that two people signed")
        add("--records", type=Path, required=True, metavar="EXPORT", help="a flat CSV file from REDCap")
        add("--mapping", type=Path, required=True, metavar="FILE", help="the mapping of the project")
        add("--out", type=Path, required=True, metavar="DIR", help="a new folder for the file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_used(options["out"])
            demand_root(options["root"])
            mapping = read_mapping(options["mapping"])
            with opened(options["dataset"], options["root"]) as dataset:
                table, unmapped = results_for_redcap(dataset.analysis, mapping, options["records"])
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        write_tables({NAME: table}, options["out"])
        if unmapped:
            self.stderr.write(f"The mapping does not name these visits, so they were left out: {both(unmapped)}.")
        rows = counted(len(table) - 1, "row")
        self.stdout.write(f"The file {options['out'] / NAME} has {rows}. REDCap can import it as it is.")


def demand_root(root: str) -> None:
    """BadInput unless a root was given."""
    if not DIGEST.fullmatch(root):
        raise BadInput(f"The root cannot be {quoted(root)}. Give the 64 characters that two people signed.")
