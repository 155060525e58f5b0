"""Who read a visit, and for which time: the names of a reading that scores, totals and qualifiers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.cdisc.facts import place_of
from scoring.cdisc.variables import Row

ADJUDICATOR, RESULT, REPEAT = "ADJUDICATOR", "RESULT", " REPEAT"
Reading = tuple[str, str, int, int]


def reading_of(score: Row) -> Reading:
    """What names the reading of a visit: the reader, the read, its step, the place of the visit."""
    return str(score["READER"]), str(score["READID"]), int(str(score["STEP"])), place_of(score)


def repetitions(scores: Sequence[Row]) -> dict[Reading, int]:
    """The number of each reading of a visit by its reader, from 1, in the order of the rows."""
    numbers: dict[Reading, int] = {}
    last: dict[tuple[str, int], int] = {}
    for reading in dict.fromkeys(map(reading_of, scores)):
        who = (reading[0], reading[3])
        numbers[reading] = last[who] = last.get(who, 0) + 1
    return numbers


def repetition_of_sources(scores: Sequence[Row], numbers: Mapping[Reading, int]) -> dict[tuple[str, int], int]:
    """The repetition from which a SOURCE of totals.csv takes a visit: the last step of the read that shows it."""
    found: dict[tuple[str, int], int] = {}
    for score in scores:
        reading = reading_of(score)
        source = reading[0] + (REPEAT if score["REPEATFL"] else "")
        found[source, reading[3]] = max(numbers[reading], found.get((source, reading[3]), 0))
    return found


def slot_of(source: str) -> str:
    """READER 1, 2 or 3, ADJUDICATOR or RESULT, without the mark of a repeat."""
    return source.removesuffix(REPEAT)


def evaluator_of(slot: str) -> str:
    """The evaluator as MEDEVAL has it; empty for a result, which is a mean.

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
