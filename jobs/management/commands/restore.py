"""manage.py restore FOLDER: restores a backup and verifies it; Blindread must be stopped."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from config.errors import Refusal
from jobs.database_copy import CopyFailed
from jobs.encrypting import NotDecrypted, identity_from
from jobs.restoring import NotRestorable, restore


class Command(BaseCommand):
    help = "Restore files, anchors and database from a backup, then verify the audit trail. Stop Blindread first."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder made by the backup command")
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key of an encrypted backup")
        parser.add_argument("--replace", action="store_true", help="replace a database that already contains data")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("restore")
        try:
            identity = identity_from(options["identity"]) if options["identity"] else None
            report = restore(folder=options["folder"], replace=options["replace"], actor=actor, identity=identity)
        except (NotRestorable, CopyFailed, NotDecrypted, Refusal) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = f"The folder or file {error.filename or 'of the backup'}"
            raise CommandError(f"{where} cannot be used: {error.strerror}.") from error
        for finding in report.findings:
            self.stdout.write(f"{finding.fault}: {finding}")
        verdict = "intact" if report.intact else "NOT INTACT"
        self.stdout.write(f"{report.seen}: {verdict}")
        if not report.intact:
            sys.exit(1)
