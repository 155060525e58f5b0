"""Fills the demo trial. bin/demo runs it beside the worker. It is refused in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rehearsal.demo.fill import fill
from rehearsal.demo.people import EVERYBODY, PASSWORD


class Command(BaseCommand):
    """bin/manage fill_demo [--carry]"""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--carry", action="store_true", help="run the jobs in this process; for use when no worker is running"
        )
        parser.add_argument("--processes", type=int, default=2, help="number of processes that draw films")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo trial has known passwords, so it cannot be filled in production.")
        fill(say=self.stdout.write, carry=options["carry"], processes=options["processes"])
        for account in EVERYBODY:
            self.stdout.write(f"{account.email}  {PASSWORD}  {account.role}")
