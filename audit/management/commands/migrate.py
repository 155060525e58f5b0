"""manage.py migrate: as Django's, but a database whose tables are those of another version is refused beforehand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from audit.baseline import OtherTables, demand_own_tables, record_baseline


class Command(migrate.Command):
    """The only check that precedes every migration, whichever way it is started."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demand_own_tables()
        except OtherTables as error:
            raise CommandError(str(error)) from None
        super().handle(*args, **options)
        record_baseline()
