"""Which tone a state has, for the whole product: a tone is a shape and a colour beside the state's own word.

waiting: somebody has to act; active: on its way by itself; good: done; bad: turned down or failed; held: stopped.
"""

from __future__ import annotations

TONES: dict[str, frozenset[str]] = {
    "waiting": frozenset({"deidentified", "questioned", "answered", "invited", "requested", "discordant", "due"}),
    "active": frozenset(
        {"received", "accepted", "queued", "running", "started", "issued", "building", "open", "active"}
    ),
    "good": frozenset(
        {"ready", "done", "signed", "consensus", "adjudicated", "locked", "built", "confirmed", "intact", "verified"}
    ),
    "bad": frozenset({"refused", "rejected", "failed", "overdue", "broken", "missing", "returned"}),
    "held": frozenset({"held", "withdrawn", "void", "voided", "disabled", "unlocked", "declined", "cancelled"}),
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


def tone_of(state: object) -> str:
    """The tone of a state; neutral for one that calls for nothing."""
    return TONE_OF.get(str(state), "neutral")
