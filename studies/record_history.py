"""The history of one record as its page shows it: every event of the audit trail about it, oldest first."""

from __future__ import annotations

from audit.models import Event
from audit.redaction import ShownEvent, shown


def history_of(subject_type: str, pk: int, role: str) -> list[ShownEvent]:
    """The parts of each event that the role may see."""
    events = Event.objects.of_record(subject_type, str(pk)).order_by("at", "pk")
    return [shown(event, role) for event in events]
