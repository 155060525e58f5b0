"""The open tasks of a person in a trial: counts that the apps above supply for the home page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.navigation import TrialRole
from accounts.roles import Action, allows


@dataclass(frozen=True)
class Waiting:
    """How many tasks of a kind are open, and where; `urgent` ones are overdue."""

    label: str
    count: int
    url: str
    urgent: bool = False


Source = Callable[[int, TrialRole], Iterable[Waiting]]
SOURCES: list[tuple[Action, Source]] = []


def declare_waiting(action: Action, source: Source) -> None:
    """Registers a counter: called with the person's id and place when their role there permits the action."""
    if (action, source) not in SOURCES:
        SOURCES.append((action, source))


FIRST_PAGE: list[Callable[[int], None]] = []


def declare_first_page(note: Callable[[int], None]) -> None:
    """Registers a function that is called with the person's id whenever their home page is shown."""
    if note not in FIRST_PAGE:
        FIRST_PAGE.append(note)


def note_first_page(user_id: int) -> None:
    """The person opens their home page."""
    for note in FIRST_PAGE:
        note(user_id)


def waiting_at(user_id: int, place: TrialRole) -> list[Waiting]:
    """The person's open tasks in that role; counts of zero are left out."""
    found = [w for action, source in SOURCES if allows(place.role, action) for w in source(user_id, place)]
    return sorted((w for w in found if w.count), key=lambda w: not w.urgent)
