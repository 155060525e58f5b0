"""manage.py backup: copies database, files and anchors into one folder, encrypted to a public key if one is given."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from config.errors import Refusal
from jobs.backups import drop_old, record_backup, write_backup
from jobs.database_copy import CopyFailed
from jobs.encrypting import NotEncrypted


class Command(BaseCommand):
    help = "Back up the database, all stored files and the anchors to a new folder with a manifest."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            metavar="FOLDER",
            help="where to make the backup; default: BACKUP_FOLDER, from which the oldest backups are deleted",
        )
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            metavar="age1...",
            help="the public key to which the backup is encrypted; default: BACKUP_RECIPIENT",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = write_backup(to=options["to"] or settings.BACKUP_FOLDER, recipient=options["recipient"])
        except (CopyFailed, NotEncrypted, Refusal) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = f"The folder or file {error.filename or 'of the backup'}"
            raise CommandError(f"{where} cannot be used: {error.strerror}.") from error
        record_backup(backup=backup, actor=Actor.system("backup"))
        if options["to"] is None:
            drop_old(folder=settings.BACKUP_FOLDER, kept=settings.BACKUPS_KEPT)
        self.stdout.write(f"{backup.folder}\n{backup}")
        if not backup.recipient:
            self.stdout.write("This backup is not encrypted. To encrypt it, give --recipient with an age public key.")
