"""Draws every stored order of an unpacked dataset again from its revealed seeds, without a database or secrets.

The exit code is 0 if all orders are as drawn, 1 if one is not (it is named), and 2 if the files cannot be used.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput
from config.wording import counted
from scoring.plain_files.orders import first_difference, read_drawing


class Command(BaseCommand):
    """bin/manage verify_randomisation DIR --seed FILE"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the unpacked dataset")
        parser.add_argument("--seed", type=Path, required=True, help="the file of revealed seeds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drawing = read_drawing(options["folder"], options["seed"])
            fault = first_difference(drawing)
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        if fault:
            self.stdout.write(fault)
            sys.exit(1)
        batches = len({rows[0].commitment for rows in drawing.reads.values()})
        self.stdout.write(
            f"{counted(len(drawing.reads), 'read')} from {counted(batches, 'seed')}: every order is as it was drawn."
        )
