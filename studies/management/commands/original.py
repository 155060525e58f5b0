"""Writes an identified original from the quarantine store to a file, and records the reason in the audit trail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.trail import Actor
from config.errors import Refusal
from studies.arrival.originals import open_original
from studies.models import Film


class Command(BaseCommand):
    """`original 17 --to film.dcm --reason "the site asks for its file back"`."""

    help = "Write the original of a film to a new file; the audit trail records who did it and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """The film, the target file, and the reason."""
        parser.add_argument("film", type=int, help="the number of the film")
        parser.add_argument("--to", type=Path, required=True, help="the file to write; it must not exist yet")
        parser.add_argument("--reason", required=True, help="why the original is needed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Never overwrites; only the owner can read the file."""
        film = Film.objects.select_related("trial").filter(pk=options["film"]).first()
        if film is None:
            raise CommandError(f"There is no film {options['film']}.")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with open(os.open(options["to"], flags, 0o600), "wb") as out:
                open_original(film=film, actor=Actor.system("original command"), reason=options["reason"], out=out)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
