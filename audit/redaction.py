"""The view that a role has of an event: everything, except the parts that its action hides from that role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.declared_actions import ACTIONS
from audit.kinds import kind_in_words
from audit.labels import field_in_words, label_of, labelled
from audit.models import Event
from audit.sentences import HIDDEN, in_words
from audit.trail import SYSTEM_ROLE

CONTENT = frozenset({"changes", "details", "reason"})


@dataclass(frozen=True)
class ShownEvent:
    """An event as one role sees it. Digests and salt are never shown: they would allow guessing hidden values."""

    event: Event
    label: str
    says: str
    changes: dict[str, Any]
    details: dict[str, Any]
    reason: str
    rows: list[tuple[str, str]]
    hidden: list[str]

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def who(self) -> str:
        """A person's name; work of the system is marked as such, with its name."""
        label = self.event.actor_label
        return f"System ({label})" if self.event.role == SYSTEM_ROLE else label

    @property
    def sentence(self) -> str:
        """The actor and the action, as far as the role may see them."""
        return f"{self.who} {self.says}"

    @property
    def subject(self) -> tuple[str, str]:
        return self.event.subject_type, self.event.subject_id

    @property
    def changed(self) -> Iterator[tuple[str, Any, Any]]:
        """Each change as field, old and new value, in words; hidden ones are marked."""
        kind = self.event.subject_type
        for name, pair in sorted(self.changes.items()):
            old, new = label_of(kind, name, pair) if isinstance(pair, list) and len(pair) == 2 else (None, pair)
            yield field_in_words(kind, name), old, new

    @property
    def detail_lines(self) -> list[tuple[str, str]]:
        """The details in words."""
        kind = self.event.subject_type
        details = labelled(kind, self.details)
        return [(field_in_words(kind, name), in_words(value)) for name, value in details.items()]

    @property
    def change_rows(self) -> list[tuple[str, str, str]]:
        """The changes in words: field, before and after; a hidden change shows neither."""
        return [
            (name, HIDDEN, HIDDEN) if new == HIDDEN else (name, in_words(old), in_words(new))
            for name, old, new in self.changed
        ]

    @property
    def change_lines(self) -> list[str]:
        """The changes in words; hidden changes are marked, not omitted."""
        lines = [f"{name}: {HIDDEN if new == HIDDEN else f'{old} → {new}'}" for name, old, new in self.change_rows]
        return lines + ([HIDDEN] if "changes" in self.hidden else [])

    def as_dict(self) -> dict[str, Any]:
        """The event for an export."""
        event = self.event
        return {
            "stream": event.stream,
            "seq": event.seq,
            "at": event.content["at"],
            "action": event.action,
            "label": self.label,
            "sentence": self.sentence,
            "actor": {"id": event.actor_id, "label": event.actor_label, "role": event.role},
            "subject": [event.subject_type, event.subject_id],
            "changes": self.changes,
            "reason": self.reason,
            "details": self.details,
            "rows": self.rows,
            "hidden": self.hidden,
            "prev": event.prev,
            "hash": event.hash,
            "mac": event.mac,
            "mac key": event.mac_key,
        }


def hidden_from(action: str, role: str) -> frozenset[str]:
    """The parts of an event hidden from the role; for an action that is no longer declared, all content."""
    declared = ACTIONS.get(action)
    if declared is None:
        return CONTENT
    return frozenset() if role in declared.seen_by else declared.hides or CONTENT


def shown(event: Event, role: str) -> ShownEvent:
    """The event for that role."""
    content, hidden = event.content, hidden_from(event.action, role)
    declared = ACTIONS.get(event.action)
    kept = {part: without(content[part], part, hidden) for part in CONTENT}
    return ShownEvent(
        event=event,
        label=declared.label if declared else event.action,
        says=says(event, kept["changes"], kept["details"]),
        changes=kept["changes"],
        details=kept["details"],
        reason=kept["reason"],
        rows=[] if "rows" in hidden else [(table, key) for table, key, _ in content["rows"]],
        hidden=sorted(hidden),
    )


def says(event: Event, changes: dict[str, Any], details: dict[str, Any]) -> str:
    """The sentence of an event whose content is redacted; for an action no longer declared, its name."""
    declared = ACTIONS.get(event.action)
    if declared is None:
        return f"did {event.action} to {kind_in_words(event.subject_type)} {event.subject_id}"
    kind = event.subject_type
    return declared.sentence.of(event.subject_id, labelled(kind, changes), labelled(kind, details))


def without(value: Any, part: str, hidden: frozenset[str]) -> Any:
    if part in hidden:
        return HIDDEN if part == "reason" and value else type(value)()
    if isinstance(value, dict):
        return {name: HIDDEN if f"{part}.{name}" in hidden else item for name, item in value.items()}
    return value
