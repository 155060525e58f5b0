"""Makes the tables that Blindread imports from a flat CSV file of REDCap, without a database.

The folder gets subjects.csv, visits.csv (outside the plan), events.csv and edc-list.csv, as far as the mapping names
them. Import them on the pages Set-up, Intercurrent events and EDC comparison, which check every line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput
from config.wording import both
from scoring.endpoint.by_arm.report import refuse_used
from scoring.redcap.coming_in import read_redcap
from scoring.redcap.mapping import read_mapping
from scoring.redcap.writing import write_tables


class Command(BaseCommand):
    """bin/manage redcap_in EXPORT --mapping FILE --out DIR"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("export", type=Path, metavar="EXPORT", help="the flat CSV file from REDCap")
        parser.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="the mapping of the project")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for the tables")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_used(options["out"])
            found = read_redcap(options["export"], read_mapping(options["mapping"]))
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        write_tables(found.files, options["out"])
        if found.unmapped:
            self.stderr.write(f"The mapping does not name these events, so they were left out: {both(found.unmapped)}.")
        self.stdout.write(f"The folder {options['out']} has {both(found.files)}.")
