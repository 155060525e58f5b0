"""The figures of the agreement page, which a job computes once somebody asks for them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from jobs.carrying import run_due_jobs
from reading.models import Campaign
from scoring.ratings.kept_figures import ask_for_figures
from scoring.ratings.signed_state import signed_state


def with_figures(client: Client, path: str, **given: str) -> Any:
    """The answer with its figures: the first job finds the visits to choose from, the second computes the choice."""
    for _ in range(2):
        client.get(path, given or None)
        run_due_jobs(kinds=frozenset({"scoring.agreement"}))
    return client.get(path, given or None)


def compute_figures(campaign: Campaign) -> None:
    """Those that the page shows first, as if somebody had asked for them."""
    ask_for_figures(campaign, "total", "", signed_state(campaign))
    run_due_jobs(kinds=frozenset({"scoring.agreement"}))
