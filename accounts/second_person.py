"""An act that needs two people is refused to the person who did the first part."""

from __future__ import annotations

from accounts.signed_acts import ACTS, Act
from config.errors import NotAllowed


def demand_second_person(act: Act, *, first: int | None, second: int | None) -> None:
    """Refuses an act that needs a second person if the same person did the first act."""
    if ACTS[act].refusal and first == second:
        raise NotAllowed(message=ACTS[act].refusal)
