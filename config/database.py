"""Reads DATABASE_URL; imports nothing of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config.env import BadSetting

# IMMEDIATE makes read-modify-write safe where select_for_update has no effect; FULL keeps acknowledged rows;
# recursive triggers, because REPLACE otherwise deletes rows without firing the triggers that protect them.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA recursive_triggers=ON;",
}


def parse_database_url(url: str) -> dict[str, Any]:
    """sqlite:///PATH, or postgresql://USER:PASSWORD@HOST:PORT/NAME (?host=FOLDER for a socket)."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": f"{path}.test"},
        }
    if parts.scheme == "postgresql":
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 5},
        }
    raise BadSetting(f"DATABASE_URL begins with “{parts.scheme}”. Begin it with sqlite or postgresql.")
