"""What may not be in a refusal: words of the program instead of words for a person."""

from __future__ import annotations

import importlib
import re
from enum import Enum
from functools import cache

import instruments
from instruments.not_assessable import ABSENT

FAULTS = {
    "Python's None": re.compile(r"\bNone\b"),
    "a value in quotes of the program": re.compile(r"(?<!\w)'[^']*'(?!\w)"),
    "an object of the program": re.compile(r"<[A-Za-z_][^<>]*>|\b[A-Z]\w*\.[A-Z][A-Z_]+\b"),
    "a doubled word": re.compile(r"\b([a-z]+) \1\b"),
    "a verb too many": re.compile(r"\bis (?:no|not|the|a) [a-z]+ (?:has|is|are)\b"),
    "the old mould": re.compile(r"this needs|was given; allowed|; allowed:"),
    "no capital letter at its beginning": re.compile(r"^(?![^\W_a-z])"),
    "no full stop at its end": re.compile(r"[^.]$|^$"),
}
MODELS = (
    "jobs.models",
    "reading.models",
    "scoring.models",
    "studies.models",
    "studies.desk.joints",
    "studies.desk.verdicts",
)


def faults_of(text: str) -> tuple[str, ...]:
    """What is wrong with the words of a refusal."""
    found = [fault for fault, pattern in FAULTS.items() if pattern.search(text)]
    return (*found, *(f"the value {word}" for word in re.findall(r"[\w-]+", text) if word in values_of_the_program()))


@cache
def values_of_the_program() -> frozenset[str]:
    """The names of states and roles, and their stored values where these are no words; not codes that people write."""
    for module in MODELS:
        importlib.import_module(module)
    members = [member for kind in kinds_below(Enum) if is_ours(kind) for member in kind]
    names = {member.name for member in members if len(member.name) > 2 and member.name.isupper()}
    stored = {str(member.value) for member in members if re.fullmatch(r"[a-z]+(?:[-_][a-z]+)+", str(member.value))}
    return frozenset((names | stored) - codes_people_write())


def codes_people_write() -> set[str]:
    """The reasons for a joint without a score, as they stand in the files of scores."""
    return {reason.code for key in instruments.KEYS for reason in (*instruments.get(key).reasons, ABSENT)}


def is_ours(kind: type[Enum]) -> bool:
    """Whether the enumeration is defined in an app that holds states or roles."""
    return kind.__module__.split(".")[0] in {"accounts", "api", "jobs", "reading", "scoring", "studies"}


def kinds_below(kind: type[Enum]) -> list[type[Enum]]:
    """Every enumeration there is."""
    return [one for below in kind.__subclasses__() for one in (below, *kinds_below(below))]
