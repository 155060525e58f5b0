"""Every action that may be recorded, declared by its app; recording an undeclared action raises an error.

An action is named app.object.past-participle, in lower case with hyphens: studies.visit.marked-not-done. Names stay
in the trail permanently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audit.sentences import Sentence

WORDS = r"[a-z]+(?:-[a-z]+)*"
NAME = re.compile(rf"{WORDS}\.{WORDS}\.(?P<participle>[a-z]+)(?:-[a-z]+)*")
# Past participles that do not end in -ed.
IRREGULAR = frozenset(
    {
        "begun",
        "built",
        "chosen",
        "drawn",
        "given",
        "held",
        "kept",
        "made",
        "read",
        "reset",
        "sent",
        "set",
        "taken",
        "withdrawn",
        "written",
    }
)
HIDEABLE = ("reason", "changes", "details", "rows")


class UnknownAction(LookupError):
    """The action is not declared."""


@dataclass(frozen=True)
class DeclaredAction:
    """An action: its label and sentence, the roles that see all of it, and what is hidden from other roles."""

    name: str
    label: str
    sentence: Sentence
    seen_by: frozenset[str]
    hides: frozenset[str]


ACTIONS: dict[str, DeclaredAction] = {}


def declare(name: str, *, label: str, sentence: str, seen_by: Iterable[str], hides: Iterable[str] = ()) -> None:
    """Adds an action. `label` names it in lists, `sentence` continues "Dr A. …" (audit.sentences has the grammar).

    `hides` names parts of the event: reason, changes, details, changes.FIELD, details.NAME, rows. Roles outside
    `seen_by` see the event without those parts; with no part named, without any of its content.
    """
    check_name(name)
    parts = frozenset(hides)
    if unknown := {part for part in parts if part.partition(".")[0] not in HIDEABLE}:
        raise ValueError(f"action {name!r} hides {sorted(unknown)}; allowed: {', '.join(HIDEABLE)}, changes.FIELD")
    action = DeclaredAction(name, label, Sentence(sentence), frozenset(map(str, seen_by)), parts)
    if ACTIONS.setdefault(name, action) != action:
        raise ValueError(f"action {name!r} is declared twice with different meanings")


def check_name(name: str) -> None:
    """Refuses a name that does not follow the pattern."""
    found = NAME.fullmatch(name)
    if not found:
        raise ValueError(f"action {name!r}; allowed: app.object.past-participle in lower case with hyphens")
    participle = found["participle"]
    if not participle.endswith("ed") and participle not in IRREGULAR:
        raise ValueError(f"action {name!r} ends in {participle!r}; allowed: a past participle, such as signed or sent")


def declared(name: str) -> DeclaredAction:
    """The action of that name."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(f"action {name!r} is not declared; declare it in the app's audit_actions.py") from None
