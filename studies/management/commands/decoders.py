"""The decoder server: restricted child processes that read untrusted files, without access to the workers' secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from imaging.decoder.client import ROOT, clean_environment, command


class Command(BaseCommand):
    """Replaces itself with the server, so that nothing of Django stays in memory."""

    help = "Decode films for the workers, on a Unix socket, until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        """The socket, and the number of films at once."""
        parser.add_argument("--socket", default=settings.DECODER_SOCKET, help="default: the setting DECODER_SOCKET")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="films decoded at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Never returns."""
        if not options["socket"]:
            raise CommandError("DECODER_SOCKET is not set and --socket is not given. Set one of them.")
        words = command(Path(options["socket"]), settings.INTAKE_LIMITS, options["processes"])
        os.chdir(ROOT)
        sys.stdout.flush()
        os.execve(words[0], words, clean_environment())  # noqa: S606
