"""What waits for a person in a trial: numbers that the apps above supply for the start page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.navigation import TrialRole
from accounts.roles import Action, allows


@dataclass(frozen=True)
class Waiting:
    """So many things of a kind wait, and where; `urgent` ones are overdue."""

    label: str
    count: int
    url: str
    urgent: bool = False


Source = Callable[[int, TrialRole], Iterable[Waiting]]
_SOURCES: list[tuple[Action, Source]] = []


def declare_waiting(action: Action, source: Source) -> None:
    """Says who counts what: called with the person's id and his place when his role there permits the action."""
    if (action, source) not in _SOURCES:
        _SOURCES.append((action, source))


def waiting_at(user_id: int, place: TrialRole) -> list[Waiting]:
    """What waits for the person in that role; what is at nought is left out."""
    found = [w for action, source in _SOURCES if allows(place.role, action) for w in source(user_id, place)]
    return sorted((w for w in found if w.count), key=lambda w: not w.urgent)
