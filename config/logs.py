"""One JSON line per log record, without identities: names, addresses and file names never reach a log."""

from __future__ import annotations

import logging
from typing import Any

import structlog


def formatter() -> logging.Formatter:
    """The formatter of every handler."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
    )


def logging_at(level: str) -> dict[str, Any]:
    """The setting LOGGING: everything from this level on to stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.logs.formatter"}},
        "filters": {"but_health": {"()": "config.logs.ButHealth"}, "one_line": {"()": "config.away.OneLine"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["but_health", "one_line"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "axes": {"level": "ERROR"},
            "kombu": {"level": "ERROR"},
            "fontTools": {"level": "WARNING"},  # otherwise 80 lines for each PDF
        },
    }


class ButHealth(logging.Filter):
    """Leaves out 503 responses of /healthz: the caller gets them every few seconds anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/healthz"
