"""The state of everything that was signed in a trial: what was computed under an equal state is still right."""

from __future__ import annotations

from audit.newest_event import state_of
from reading.models import Campaign

# What ratings are computed from, and the actions on reads that change none of it.
ABOUT = ("reading.case", "reading.read", "reading.campaign", "studies.visit", "studies.visitplan", "studies.subject")
BESIDES = ("reading.scores.saved", "reading.note.saved", "reading.film.served", "reading.read.opened")


def signed_state(campaign: Campaign) -> str:
    """The hash of the newest such event; it stays the same while readers only enter values."""
    return state_of(campaign.trial.code, ABOUT, besides=BESIDES)
