"""The history of one thing as its page tells it: every event of the audit trail about it, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import Event
from audit.registry import declared


@dataclass(frozen=True)
class Told:
    """One event in words."""

    at: datetime
    who: str
    says: str
    changes: list[tuple[str, str, str]]
    reason: str


def history_of(subject_type: str, pk: int, role: str) -> list[Told]:
    """What the role may hear of the thing; actions whose content it may not see are told without it."""
    events = Event.objects.of_record(subject_type, str(pk)).order_by("at", "pk")
    return [told(event, role) for event in events]


def told(event: Event, role: str) -> Told:
    """One event for one role."""
    action, content = declared(event.action), event.content
    if role not in action.seen_by:
        return Told(event.at, event.actor_label, action.says, [], "")
    changes = [(name.replace("_", " "), words(old), words(new)) for name, (old, new) in content["changes"].items()]
    return Told(event.at, event.actor_label, action.says, changes, content["reason"])


def words(value: Any) -> str:
    """A value of the trail as text."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
