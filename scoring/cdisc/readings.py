"""The readings of a visit, with reader and repetition, shared by scores, totals and qualifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scoring.cdisc.facts import CaseFacts, FilmVisit, place_of
from scoring.cdisc.variables import Row

ADJUDICATOR, RESULT, REPEAT = "ADJUDICATOR", "RESULT", " REPEAT"


@dataclass(frozen=True, eq=False)
class Reading:
    """The reading of a visit in one step of a read: its rows of scores.csv by PARAMCD.

    `repetition` numbers the readings of the visit by this reader, from 1.
    """

    case: CaseFacts
    repetition: int
    scores: Mapping[str, Row]

    @cached_property
    def row(self) -> Row:
        """The columns common to all its rows: reader, read and step, visit, time of signature."""
        return next(iter(self.scores.values()))

    @cached_property
    def slot(self) -> str:
        """READER 1 and so on, or ADJUDICATOR."""
        return str(self.row["READER"])

    @cached_property
    def place(self) -> int:
        """The index of the visit in the case, from 0."""
        return place_of(self.row)

    @property
    def visit(self) -> FilmVisit:
        """The visit."""
        return self.case.visits[self.place]

    @property
    def evaluator(self) -> str:
        """The evaluator as in MEDEVAL."""
        return evaluator_of(self.slot)

    @property
    def group(self) -> str:
        """The name of the reading: R1, R2 or A1, repetition, index of the visit."""
        return f"{short_slot(self.slot)}.{self.repetition}.{self.row['VISITPOS']}"

    @property
    def source(self) -> str:
        """SOURCE of its totals in totals.csv."""
        return self.slot + (REPEAT if self.row["REPEATFL"] else "")

    def decides(self, group: str) -> bool:
        """Whether the value of a group of the visit is the mean of this reading and others."""
        readers = self.case.deciding[self.place].get(group, frozenset())
        return bool(self.row["COUNTFL"]) and self.row["READERID"] in readers


def readings_of(case: CaseFacts) -> list[Reading]:
    """The readings of a case, in the order of the rows of scores.csv."""
    found: dict[tuple[object, ...], dict[str, Row]] = {}
    for score in case.scores:
        name = score["READER"], score["VISITPOS"], score["READID"], score["STEP"]
        found.setdefault(name, {})[str(score["PARAMCD"])] = score
    numbers: dict[tuple[object, ...], int] = {}
    readings = []
    for (reader, visit, *_), scores in found.items():
        numbers[reader, visit] = numbers.get((reader, visit), 0) + 1
        readings.append(Reading(case, numbers[reader, visit], scores))
    return readings


def repetition_of_sources(readings: Sequence[Reading]) -> dict[tuple[str, int], int]:
    """The repetition from which a SOURCE of totals.csv takes a visit: the last step of the read that shows it."""
    found: dict[tuple[str, int], int] = {}
    for one in readings:
        key = one.source, one.place
        found[key] = max(one.repetition, found.get(key, 0))
    return found


def slot_of(source: str) -> str:
    """READER 1, 2 or 3, ADJUDICATOR or RESULT, without the mark of a repeat."""
    return source.removesuffix(REPEAT)


def evaluator_of(slot: str) -> str:
    """The evaluator as in MEDEVAL; empty for a result, which is a mean.

    >>> evaluator_of("ADJUDICATOR"), evaluator_of("READER 2"), evaluator_of("RESULT")
    ('ADJUDICATOR 1', 'READER 2', '')
    """
    return {ADJUDICATOR: "ADJUDICATOR 1", RESULT: ""}.get(slot, slot)


def short_slot(slot: str) -> str:
    """R1, R2 or A1.

    >>> short_slot("READER 2"), short_slot("ADJUDICATOR")
    ('R2', 'A1')
    """
    name, _, number = evaluator_of(slot).partition(" ")
    return name[0] + number
