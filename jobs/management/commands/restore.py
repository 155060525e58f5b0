"""manage.py restore FOLDER: restores a backup and verifies it; Blindread must be stopped."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from jobs.database_copy import CopyFailed
from jobs.restoring import NotRestorable, restore


class Command(BaseCommand):
    help = "Restore a backup: files, anchors and database, then verify the audit trail. Stop Blindread first."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder written by backup")
        parser.add_argument("--replace", action="store_true", help="even though the database is in use")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("restore")
        try:
            report = restore(folder=options["folder"], replace=options["replace"], actor=actor)
        except (NotRestorable, CopyFailed) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = f"The folder or file {error.filename or 'of the backup'}"
            raise CommandError(f"{where} cannot be used: {error.strerror}.") from error
        for finding in report.findings:
            self.stdout.write(f"{finding.fault}: {finding}")
        verdict = "intact" if report.intact else "NOT INTACT"
        self.stdout.write(f"{report.events} events, {report.rows} rows, {report.anchors} anchors: {verdict}")
        if not report.intact:
            sys.exit(1)
