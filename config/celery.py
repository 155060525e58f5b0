"""The Celery application. Its messages are only hints; jobs.carry is its only task."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("blindread")
app.config_from_object("config.broker")
app.autodiscover_tasks(["jobs"])


@worker_init.connect
def demand_protection(**kwargs: Any) -> None:
    """Stops a worker on a database of another version or without protection; Celery has no other hook."""
    from audit.protection import NOT_FIT, demand

    try:
        demand()
    except NOT_FIT as error:
        raise SystemExit(str(error)) from None
