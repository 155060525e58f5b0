"""Validates this installation and writes a report as JSON and PDF; exit code 1 when anything failed.

iq checks the installation itself, read only. oq and pq run in a separate database and separate folders.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.errors import BadInput, Refusal
from validation.iq.product_files import read_manifest, write_manifest
from validation.stages import STAGES, Options, run_stage


class Command(BaseCommand):
    """bin/manage validate iq --out DIR --manifest FILE"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", nargs="?", choices=[*STAGES, "all"], help="what to validate")
        parser.add_argument("--out", type=Path, metavar="DIR", help="the folder for the reports")
        parser.add_argument("--manifest", type=Path, metavar="FILE", help="the manifest of the release, for iq")
        parser.add_argument("--write-manifest", type=Path, metavar="FILE", help="write the manifest of this version")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["write_manifest"]:
                self.stdout.write(write_manifest(settings.BASE_DIR, options["write_manifest"]))
                return
            passed = self.run_all(options)
        except Refusal as error:
            raise CommandError(str(error), returncode=2) from None
        if not passed:
            sys.exit(1)

    def run_all(self, options: dict[str, Any]) -> bool:
        """Runs each stage in turn; a failed stage does not stop the next."""
        if not options["stage"] or not options["out"]:
            raise BadInput("The command has no stage or no folder. Give iq, oq, pq or all, and --out DIR.")
        manifest = read_manifest(options["manifest"]) if options["manifest"] else None
        given = Options(options["out"], manifest, self.stderr.write)
        stages = STAGES if options["stage"] == "all" else (options["stage"],)
        passed = [self.one(stage, given) for stage in stages]
        return all(passed)

    def one(self, stage: str, given: Options) -> bool:
        report, paths = run_stage(stage, given)
        self.stdout.write(f"{report.title}: {report.verdict}. {', '.join(map(str, paths))}")
        return report.passed
