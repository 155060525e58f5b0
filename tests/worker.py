"""The Celery application of a test's worker: the real one, with the kinds of work that only tests know."""

from __future__ import annotations

from config.celery import app
from config.job_kinds import KINDS
from tests.jobs.names import TEST_KINDS

KINDS.update(TEST_KINDS)
__all__ = ["app"]
