"""Every action that may be recorded, declared by the app it belongs to; an undeclared action raises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class UnknownAction(LookupError):
    """An action nobody declared."""


@dataclass(frozen=True)
class DeclaredAction:
    """An action: what it says, the roles that see all of it, and what the other roles do not see of it."""

    name: str
    says: str
    seen_by: frozenset[str]
    hides: frozenset[str]


ACTIONS: dict[str, DeclaredAction] = {}
HIDEABLE = ("reason", "changes", "details", "rows")


def declare(name: str, *, says: str, seen_by: Iterable[str], hides: Iterable[str] = ()) -> None:
    """Adds an action. `hides` names parts of the event: reason, changes, details, changes.FIELD, details.NAME, rows.

    Roles outside `seen_by` see the event without those parts; with no part named, without any of its content.
    """
    parts = frozenset(hides)
    if unknown := {part for part in parts if part.partition(".")[0] not in HIDEABLE}:
        raise ValueError(f"action {name!r} hides {sorted(unknown)}; allowed: {', '.join(HIDEABLE)}, changes.FIELD")
    action = DeclaredAction(name, says, frozenset(map(str, seen_by)), parts)
    if ACTIONS.setdefault(name, action) != action:
        raise ValueError(f"action {name!r} is declared twice with different meanings")


def declared(name: str) -> DeclaredAction:
    """The action of that name."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(f"action {name!r} is not declared; declare it in the app's events.py") from None
