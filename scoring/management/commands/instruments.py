"""Prints the scoring instruments, or one of them with sites, grades, maxima and the source of each fact."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import instruments
from scoring.plain_files import instrument_table


class Command(BaseCommand):
    """bin/manage instruments [KEY] [--json]"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", help=f"one of {', '.join(instruments.KEYS)}")
        parser.add_argument("--json", action="store_true", help="print the definition as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"]
        try:
            chosen = [instruments.get(name) for name in ([key] if key else instruments.KEYS)]
        except instruments.UnknownInstrument as error:
            raise CommandError(str(error), returncode=2) from None
        if options["json"]:
            data = [instrument_table.as_data(one) for one in chosen]
            self.stdout.write(json.dumps(data[0] if key else data, indent=1, allow_nan=False))
        else:
            self.stdout.write(instrument_table.as_text(chosen[0]) if key else instrument_table.overview(iter(chosen)))
