"""The charter as a document: its sections, and which terms have no effect beside others.

A section begins with a term and takes every term of the form up to the next beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField

import instruments


@dataclass
class CharterSection:
    """A heading with the rows below it. Under "more" is what most trials leave unchanged."""

    title: str
    more: bool = False
    open: bool = False
    rows: list[Any] = field(default_factory=list)


BEGINNINGS: dict[str, CharterSection] = {
    "instrument": CharterSection("What is scored"),
    "presentation": CharterSection("What readers see"),
    "readers_per_case": CharterSection("Who reads which cases"),
    "adjudication_threshold": CharterSection("Adjudication"),
    "repeats_share": CharterSection("Hidden repeats", more=True),
    "batch_size": CharterSection("Pace of reading", more=True),
    "missing_rule": CharterSection("Missing scores and films"),
    "rescue_strategy": CharterSection("Events during the trial"),
    "zero_threshold": CharterSection("Progression"),
    "alarm_drift": CharterSection("Reader alarms", more=True),
    "reader_queries": CharterSection("Queries to readers", more=True),
    "late_film_rule": CharterSection("Late films, and arms"),
    "lead_approval": CharterSection("Approval by the imaging lead", more=True),
}


def in_sections(rows: Iterable[tuple[str, Any]]) -> list[CharterSection]:
    """Rows by the names of their terms, in the order of the form, under their headings."""
    found: list[CharterSection] = []
    for name, row in rows:
        if name in BEGINNINGS or not found:
            begun = BEGINNINGS.get(name, BEGINNINGS["instrument"])
            found.append(CharterSection(begun.title, begun.more))
        found[-1].rows.append(row)
    return found


# Term -> another term, and the values of the other with which the term has no effect.
IDLE_WITH: dict[str, tuple[str, tuple[str, ...]]] = {
    "unverified_acknowledged": (
        "instrument",
        tuple(key for key in instruments.KEYS if not instruments.get(key).unverified),
    ),
    "wording": ("instrument", tuple(key for key in instruments.KEYS if len(instruments.get(key).wordings) < 2)),
    "adjudication_threshold": ("readers_per_case", ("3",)),
    "concordant_share": ("readers_per_case", ("3",)),
    "alarm_discordant": ("readers_per_case", ("3",)),
    "repeats_washout_days": ("repeats_share", ("0",)),
    "sitting_pause_minutes": ("cases_per_sitting", ("0",)),
    "missing_limit": ("missing_rule", ("none",)),
}


def is_idle(name: str, terms: Mapping[str, Any]) -> bool:
    """Whether a term has no effect beside the others.

    >>> is_idle("repeats_washout_days", {"repeats_share": 0.0}), is_idle("repeats_washout_days", {"repeats_share": 0.1})
    (True, False)
    """
    other, values = IDLE_WITH.get(name, ("", ()))
    return other in terms and same_text(terms[other]) in values


def same_text(value: Any) -> str:
    """A value as a form writes it.

    >>> same_text(0.0), same_text(0.1), same_text("none")
    ('0', '0.1', 'none')
    """
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class FormTerm:
    """A term in the form: its field, and beside which values of which other field it has no effect."""

    field: BoundField
    beside: str
    values: str

    @classmethod
    def of(cls, bound: BoundField) -> FormTerm:
        """The term of a field."""
        other, values = IDLE_WITH.get(bound.name, ("", ()))
        return cls(bound, other, " ".join(values))

    @property
    def is_changed(self) -> bool:
        """Whether it has an error or another value than the default."""
        value = self.field.value()
        return bool(self.field.errors) or same_text(value) != same_text(self.field.field.initial)
