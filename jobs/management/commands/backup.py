"""manage.py backup: database, files and anchors into one folder, while Blindread keeps running."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from jobs.backups import drop_old, tell_backup, write_backup
from jobs.database_copy import CopyFailed


class Command(BaseCommand):
    help = "Back up the database, every stored file and the anchors into a new folder with a manifest."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="default: BACKUP_FOLDER, which is pruned")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = write_backup(to=options["to"] or settings.BACKUP_FOLDER)
        except CopyFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            where = f"The folder or file {error.filename or 'of the backup'}"
            raise CommandError(f"{where} cannot be used: {error.strerror}.") from error
        tell_backup(backup=backup, actor=Actor.system("backup"))
        if options["to"] is None:
            drop_old(folder=settings.BACKUP_FOLDER, kept=settings.BACKUPS_KEPT)
        self.stdout.write(f"{backup.folder}\n{backup}")
