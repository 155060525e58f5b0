"""An event as one sentence, made from its subject and the content that a role may see.

A sentence continues the name of the actor: "signed [step {step} of ]read {id}[ of case {case}]".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.kinds import kind_in_words

# The parts of a sentence:
#
# {id}            the key of the event's subject
# {step}          the detail of that name
# {reads:read}    a number with its noun: 1 read, 3 reads
# {old.name}      a changed field before, {new.name} after
# {kind.record}   a detail that is a kind of record, in words
# {code|id}       the first of these that exists
# {again?}        adds no text; the detail must be true
# [ … ]           is left out entirely when a part in it is missing, hidden, empty, zero or false
#
# Only {id}, and parts that fall back on it, may be outside brackets, so that the sentence is always complete.

HIDDEN = "hidden from your role"
MOST_IN_A_LIST = 6
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
PART = re.compile(r"\{([^{}]*)\}")


class Missing(LookupError):
    """A part does not exist, or is hidden from this role."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with parts to fill in."""

    template: str

    def __post_init__(self) -> None:
        certain = OPTIONAL.sub("", self.template)
        if loose := [part for part in PART.findall(certain) if part.rpartition("|")[2] != "id"]:
            raise ValueError(
                f"sentence {self.template!r} needs {loose}; allowed outside brackets: {{id}} or {{part|id}}"
            )
        if set("[]{}") & set(PART.sub("", certain)):
            raise ValueError(f"sentence {self.template!r} has an unmatched bracket")

    @property
    def parts(self) -> list[str]:
        """The parts that the sentence uses."""
        return PART.findall(self.template)

    def of(self, subject_id: str, changes: Mapping[str, Any], details: Mapping[str, Any]) -> str:
        """The sentence of an event whose content is given as the role may see it."""

        def filled(text: str) -> str:
            return PART.sub(lambda part: part_of(part[1], subject_id, changes, details), text)

        def optional(found: re.Match[str]) -> str:
            try:
                return filled(found[1])
            except Missing:
                return ""

        # The pieces are filled separately, so that a bracket in a value is never read as part of the sentence.
        pieces: list[str] = []
        at = 0
        for found in OPTIONAL.finditer(self.template):
            pieces += [filled(self.template[at : found.start()]), optional(found)]
            at = found.end()
        return "".join([*pieces, filled(self.template[at:])])


def part_of(part: str, subject_id: str, changes: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    """One part in words, or Missing; of several alternatives the first that exists."""
    first, _, others = part.partition("|")
    try:
        return one_part(first, subject_id, changes, details)
    except Missing:
        if not others:
            raise
        return part_of(others, subject_id, changes, details)


def one_part(part: str, subject_id: str, changes: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    """A part without alternatives."""
    if part == "id":
        return subject_id
    prefix, _, field = part.partition(".")
    if field and prefix in ("old", "new"):
        return in_words(shortened(side_of(changes.get(field), prefix)))
    if field and prefix == "kind":
        return kind_in_words(present(details.get(field)))
    return detail_of(part, details)


def side_of(pair: Any, side: str) -> Any:
    """The value before or after a change; a hidden change has neither."""
    if not isinstance(pair, list) or len(pair) != 2:
        raise Missing
    return present(pair[side == "new"])


def detail_of(part: str, details: Mapping[str, Any]) -> str:
    """A detail as a value, as a number with its noun, or as a condition."""
    name, _, noun = part.partition(":")
    value = present(details.get(name.removesuffix("?")))
    if name.endswith("?"):
        return ""
    return counted(value, noun) if noun else in_words(shortened(value))


def present(value: Any) -> Any:
    """The value; Missing if it is empty."""
    if not value or value == HIDDEN:
        raise Missing
    return value


def counted(value: Any, noun: str) -> str:
    """A number, or the length of a list, with its noun."""
    value = len(value) if isinstance(value, list) else value
    plural = f"{noun[:-1]}ies" if noun == "query" else f"{noun}s"
    return f"{value} {noun}" if value == 1 else f"{value} {plural}"


def shortened(value: Any) -> Any:
    """A list, shortened when it is long, with the number of further items."""
    if not isinstance(value, list) or len(value) <= MOST_IN_A_LIST:
        return value
    return [*value[:MOST_IN_A_LIST], f"{len(value) - MOST_IN_A_LIST} more"]


def in_words(value: Any) -> str:
    """A value as text."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {in_words(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value)
    return str(value)
