"""Prepares bin/demo: brings the database and the static files up to date and prints the accounts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.roles import ROLE_NAMES
from config.static_files import ProductStaticFiles
from rehearsal.demo.people import EVERYBODY, PASSWORD, key_folder


def stamp_of_static_files() -> str:
    """A digest that changes with any static file; collecting all of them at each start would take seconds."""
    found = sorted(
        (str(path), store.path(path))
        for finder in get_finders()
        for path, store in finder.list(list(ProductStaticFiles.ignore_patterns))
    )
    states = [(name, (stat := Path(path).stat()).st_size, stat.st_mtime_ns) for name, path in found]
    return hashlib.sha256(repr(states).encode()).hexdigest()


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page, which takes seconds
    help = "Migrate, collect static files when they have changed, and print the accounts of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has known passwords, so it cannot be prepared in production.")
        call_command("migrate", verbosity=0)
        stamp, marker = stamp_of_static_files(), Path(settings.STATIC_ROOT) / "collected"
        if not marker.exists() or marker.read_text(encoding="ascii") != stamp:
            call_command("collectstatic", "--noinput", verbosity=0)
            marker.write_text(stamp, encoding="ascii")
        width = max(len(account.email) for account in EVERYBODY)
        for account in EVERYBODY:
            self.stdout.write(f"  {account.email:{width}}  {ROLE_NAMES[account.role]}")
        self.stdout.write(f"\n  The password of every account, and of the custodians' key files: {PASSWORD}")
        self.stdout.write(f"  The key files, once they are made: {key_folder()}")
