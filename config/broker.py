"""Celery's settings, for either transport: Redis in production, files in var/ for the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings

import config.folder_transport  # noqa: F401  registers filesystem://

broker_url = settings.CELERY_BROKER_URL
broker_connection_retry_on_startup = True
broker_transport_options: dict[str, Any] = {}
if broker_url.startswith("filesystem"):
    for folder in ("messages", "control"):
        (settings.CELERY_BROKER_FOLDER / folder).mkdir(parents=True, exist_ok=True)
    broker_transport_options = {
        "data_folder_in": str(settings.CELERY_BROKER_FOLDER / "messages"),
        "data_folder_out": str(settings.CELERY_BROKER_FOLDER / "messages"),
        "control_folder": str(settings.CELERY_BROKER_FOLDER / "control"),
        "polling_interval": 0.1,
    }
else:
    # A person must not have to wait for a broker that is down.
    broker_transport_options = {"max_retries": 1, "interval_max": 0.1, "socket_connect_timeout": 2}
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
worker_prefetch_multiplier = 1
worker_concurrency = settings.WORKER_PROCESSES
worker_hijack_root_logger = False
task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = settings.JOB_LIMIT_SECONDS
timezone = "UTC"
