"""The WSGI entry point for gunicorn. Does not start on a database of another version or without protection."""

from __future__ import annotations

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def begin() -> None:
    """Runs once, before gunicorn forks its workers (--preload): they share memory, but no connection."""
    from django.conf import settings
    from django.db import connection

    from audit.protection import NOT_FIT, demand

    import_module(settings.ROOT_URLCONF)
    try:
        demand()
    except NOT_FIT as error:
        raise SystemExit(str(error)) from None
    connection.close()


begin()
