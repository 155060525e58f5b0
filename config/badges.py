"""The tone of each state, for the whole product: a tone is a shape and a colour shown with the state's name.

waiting: a person has to act; active: in progress; good: done; bad: rejected or failed; held: on hold.
"""

from __future__ import annotations

TONES: dict[str, frozenset[str]] = {
    "waiting": frozenset({"deidentified", "questioned", "answered", "invited", "requested", "discordant", "due"}),
    "active": frozenset(
        {
            "received",
            "accepted",
            "queued",
            "running",
            "started",
            "drawn",
            "issued",
            "building",
            "computing",
            "open",
            "active",
        }
    ),
    "good": frozenset(
        {
            "ready",
            "done",
            "signed",
            "consensus",
            "adjudicated",
            "locked",
            "in force",
            "built",
            "confirmed",
            "intact",
            "verified",
        }
    ),
    "bad": frozenset({"refused", "rejected", "failed", "overdue", "broken", "missing", "returned"}),
    "held": frozenset(
        {"held", "withdrawn", "void", "voided", "disabled", "unlocked", "superseded", "declined", "cancelled"}
    ),
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


def tone_of(state: object) -> str:
    """The tone of a state; neutral for one that requires no action."""
    return TONE_OF.get(str(state), "neutral")
