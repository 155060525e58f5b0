"""The facts at the head of a report: version, digest, machine."""

from __future__ import annotations

import os
import platform
import sys
from datetime import datetime

from django.conf import settings
from django.db import connection

from config.wording import counted
from jobs.database_copy import server_version
from validation.iq.product_files import digest_over, digests

Facts = dict[str, str]


def facts_of(stage: str, began: datetime, ended: datetime) -> Facts:
    """What was validated, where and when."""
    engine = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]
    return {
        "stage": stage.upper(),
        "product": f"Blindread {settings.SPECTACULAR_SETTINGS['VERSION']}",
        "digest of the product's files": digest_over(digests(settings.BASE_DIR)),
        "Python": sys.version.split()[0],
        "database": f"{engine} {server_version()}",
        "mode": settings.MODE if stage == "iq" else f"test, in a private installation beside this one: {settings.MODE}",
        "machine": f"{platform.node()}, {platform.platform()}, {counted(os.cpu_count() or 1, 'core')}",
        "began": f"{began:%Y-%m-%d %H:%M:%S} UTC",
        "ended": f"{ended:%Y-%m-%d %H:%M:%S} UTC",
    }
