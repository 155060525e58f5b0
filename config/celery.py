"""The Celery application: a carrier of hints; jobs.carry is its only task."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("blindread")
app.config_from_object("config.broker")
app.autodiscover_tasks(["jobs"])
