"""The state of everything that was signed in a trial: results computed under an equal state are still valid."""

from __future__ import annotations

from audit.newest_event import state_of
from reading.models import Campaign

# The records from which ratings are computed, and the actions on reads that do not affect them.
ABOUT = ("reading.case", "reading.read", "reading.campaign", "studies.visit", "studies.visitplan", "studies.subject")
BESIDES = (
    "reading.scores.saved",
    "reading.note.saved",
    "reading.film.served",
    "reading.read.opened",
    "reading.query.marked",
    "reading.query.confirmed",
)


def signed_state(campaign: Campaign) -> str:
    """The hash of the newest such event; it stays the same while readers only enter values."""
    return state_of(campaign.trial.code, ABOUT, besides=BESIDES)
