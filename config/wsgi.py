"""The WSGI entry point for gunicorn. Does not start on a database whose regulated tables are unprotected."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from audit.protection import demand  # noqa: E402

demand()
