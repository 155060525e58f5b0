"""manage.py sweep: the sweeper, one per installation. Ends on SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.protection import NOT_FIT, demand
from jobs.sweeping import sweep


class Command(BaseCommand):
    help = "Announce waiting jobs again, write anchors, and start daily work. Run one sweeper per installation."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do each task once, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demand()
        except NOT_FIT as error:
            raise CommandError(str(error)) from None
        stop = threading.Event()
        if options["once"]:
            stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sweep(stop.wait)
