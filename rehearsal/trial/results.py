"""From entered values to the change of every subject at every visit, by the product's own functions.

The trigger, the deciding readers, the pairs and the values after events come from scoring/; nothing is computed
here by separate rules. Cases with the same films are processed together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import instruments
from instruments.change import change_series
from instruments.intercurrent_events import get_event_rule
from instruments.missing import MissingRule, get_rule
from instruments.totals import score
from rehearsal.trial.courses import NEVER, Courses, Flags, Integers, Numbers, day_of
from rehearsal.trial.design import Design
from rehearsal.trial.reading import Room
from scoring.consensus.discordance import Series, choose_for_cases, compare_cases
from scoring.consensus.panel import Panel
from scoring.endpoint.estimand import CaseFilms, Estimand, SubjectEvent, value_of
from scoring.endpoint.films import CaseFilm, ChangePair, pairs_of_cases
from scoring.endpoint.visits import AnalysisVisits, analysis_visits

WINDOW = 14
BASELINE = "W00"
TOTAL = "total"


@dataclass(frozen=True)
class Rules:
    """The charter of a design in the form that the product's functions expect."""

    instrument: instruments.Instrument
    missing: MissingRule
    estimand: Estimand
    visits: AnalysisVisits
    threshold: Fraction
    result_rule: str
    reference: int

    @classmethod
    def of(cls, design: Design) -> Rules:
        """The terms from the design, with the reference visit as the column of its film."""
        instrument, charter = instruments.get(design.instrument), design.charter
        missing = get_rule(
            charter.missing_rule, **({} if charter.missing_rule == "none" else {"limit": charter.missing_limit})
        )
        planned = [(BASELINE, 0, 0, 0), *((visit.code, visit.day, WINDOW, WINDOW) for visit in design.visits)]
        return cls(
            instrument,
            missing,
            Estimand(missing, instrument.maximum, charter.missing_visit),
            analysis_visits(planned, [code for code, *_ in planned]),
            Fraction(str(charter.threshold)),
            charter.result_rule,
            1 + design.codes.index(charter.reference),
        )


@dataclass(eq=False)
class TrialResults:
    """Subjects x visits: change and whether it was observed; both primary readers' changes; what triggered."""

    change: Numbers
    observed: Flags
    base: Numbers
    readers: Numbers
    largest: Numbers
    discordant: Flags

    @classmethod
    def empty(cls, subjects: int, visits: int) -> TrialResults:
        shape = (subjects, visits)
        blank = np.full(subjects, np.nan)
        return cls(
            np.full(shape, np.nan),
            np.zeros(shape, dtype=bool),
            blank,
            np.full((*shape, 2), np.nan),
            blank.copy(),
            np.zeros(subjects, dtype=bool),
        )


def results_of(room: Room, rng: np.random.Generator) -> TrialResults:
    """A whole trial: two reads of every case with a film after the baseline, a third where the charter requires it."""
    rules, courses, design = Rules.of(room.design), room.courses, room.design
    results = TrialResults.empty(len(courses), len(design.visits))
    every = np.arange(len(courses))
    readers = two_of(design.readers.number, len(courses), rng)
    reads = np.stack([room.read(every, room.judge(every, readers[:, at], rng), rng) for at in (0, 1)], axis=1)
    results.base = score(rules.instrument, reads[:, :, 0].reshape(-1, reads.shape[-1]), rules.missing).values()
    results.base = results.base.reshape(-1, 2).mean(axis=1)
    for cases, films in alike(courses):
        decide(room, rules, results, cases, films, reads[cases][:, :, films], rng)
    return results


def two_of(number: int, cases: int, rng: np.random.Generator) -> Integers:
    """Two different readers of the pool for each case."""
    first = rng.integers(number, size=cases)
    return np.stack([first, (first + rng.integers(1, number, size=cases)) % number], axis=1)


def alike(courses: Courses) -> Iterator[tuple[Integers, list[int]]]:
    """Cases that have the same films, with the columns of these films in order of time; none without a change."""
    order = np.argsort(courses.weeks, axis=1, kind="stable")
    present = np.take_along_axis(courses.present, order, axis=1)
    keys = np.where(present, order, -1)
    for key in np.unique(keys, axis=0):
        films = [int(column) for column in key if column >= 0]
        if len(films) > 1:
            yield np.flatnonzero((keys == key).all(axis=1)), films


def decide(
    room: Room,
    rules: Rules,
    results: TrialResults,
    cases: Integers,
    films: list[int],
    reads: Numbers,
    rng: np.random.Generator,
) -> None:
    """The results of some cases with the same films; `reads` is cases x two readers x films x items."""
    both = [[series(0, one[0]), series(1, one[1])] for one in reads]
    found = compare_cases(rules.instrument, both, rules.missing, rules.threshold, third_read=True)
    largest = [np.nan if one.largest is None else float(one.largest) for one in found]
    discordant = np.array([one.is_discordant for one in found])
    results.largest[cases], results.discordant[cases] = largest, discordant
    keep_readers(rules, results, cases, films, reads)
    panels = [Panel(tuple(pair), (0, 1)) for pair in both]
    third(room, rules, panels, cases, films, np.flatnonzero(discordant), rng)
    pairs = pairs_of_cases(rules.instrument, panels, rules.missing, 0, [TOTAL])
    for case, own in zip(cases.tolist(), pairs, strict=True):
        keep_changes(room, rules, results, case, films, own)


def series(reader: int, values: Numbers) -> Series:
    return Series(reader, values, np.zeros(values.shape, dtype=bool))


def third(
    room: Room,
    rules: Rules,
    panels: list[Panel],
    cases: Integers,
    films: list[int],
    discordant: Integers,
    rng: np.random.Generator,
) -> None:
    """Reads discordant cases a third time and puts in their panels everyone who read, and the readers who decide."""
    if not discordant.size:
        return
    own = cases[discordant]
    reader = rng.integers(room.design.readers.number, size=len(own))
    read = room.read(own, room.judge(own, reader, rng), rng)[:, films]
    places = discordant.tolist()
    everyone = [(*panels[place].everyone, series(2, values)) for place, values in zip(places, read, strict=True)]
    reference = films.index(rules.reference) if rules.reference in films else len(films) - 1
    chosen = choose_for_cases(
        rules.instrument, everyone, result_rule=rules.result_rule, missing_rule=rules.missing, interval=(0, reference)
    )
    for place, readers, deciding in zip(places, everyone, chosen, strict=True):
        panels[place] = Panel(readers, deciding)


def keep_readers(rules: Rules, results: TrialResults, cases: Integers, films: list[int], reads: Numbers) -> None:
    """The change that each primary reader saw at the planned visits, before any adjudication."""
    changes = change_series(rules.instrument, reads.reshape(-1, *reads.shape[2:]), rules.missing)
    for column, found in zip(films[1:], changes, strict=True):
        if column <= results.change.shape[1]:
            results.readers[cases, column - 1] = found.values().reshape(-1, 2)


def keep_changes(
    room: Room, rules: Rules, results: TrialResults, case: int, films: list[int], pairs: list[dict[str, ChangePair]]
) -> None:
    """The change of one subject at every visit, as analysis.csv gives it."""
    own = case_films(room.courses, rules, case, films, pairs)
    for place, visit in enumerate(rules.visits.later):
        found = value_of(own, rules.visits, visit, TOTAL, rules.estimand)
        if found.change is not None:
            results.change[case, place] = float(found.change)
            results.observed[case, place] = not found.dtype


def case_films(
    courses: Courses, rules: Rules, case: int, films: list[int], pairs: list[dict[str, ChangePair]]
) -> CaseFilms:
    """The films of a case with their pairs, and its event, in the product's own terms."""
    every = rules.visits.every
    found = []
    for column, own in zip(films, [{}, *pairs], strict=True):
        plan = every[column].code if column < len(every) else None
        day = day_of(courses.weeks[case, column])
        found.append(CaseFilm(plan or "RESCUE", "", "", plan, day, {}, own))
    week = int(courses.event_week[case])
    kind = "switch" if courses.switched[case] else "rescue"
    event = SubjectEvent(kind, day_of(week), get_event_rule()) if week < NEVER else None
    return CaseFilms(tuple(found), True, event)
