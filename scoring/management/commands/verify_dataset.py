"""Verifies that an unpacked dataset is intact, on any machine, without a database or secrets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.datasets import verifier


class Command(BaseCommand):
    """bin/manage verify_dataset DIR [--root HEX]"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the unpacked dataset")
        parser.add_argument("--root", default="", help="the SHA-256 that two people signed")

    def handle(self, *args: Any, **options: Any) -> None:
        code = verifier.main([str(options["folder"]), "--root", options["root"]])
        if code:
            sys.exit(code)
