"""The contents of a design: arms, visits, readers and charter. Every field states what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import instruments
from instruments.intercurrent_events import GAPS
from instruments.missing import RULES
from reading.charter.terms import RESULT_RULES
from rehearsal.trial.allowed import Allowed, Choice, Factors, NumberTable, RealNumber, Text, Whole

DAYS = 7
# Instruments in which each point of a grade is a point of the total.
INSTRUMENTS = tuple(key for key in instruments.KEYS if {item.weight for item in instruments.get(key).items} == {1})


def plan(allowed: Allowed, **given: Any) -> Any:
    """A field of a design with what is allowed; without a default it must be given."""
    return field(metadata={"allowed": allowed}, **given)


@dataclass(frozen=True)
class DesignVisit:
    """A visit after the baseline, and the smallest detectable change to it that two readers should have."""

    code: str = plan(Text())
    week: int = plan(Whole(1, 520))
    sdc: float = plan(RealNumber(0, 20))

    @property
    def day(self) -> int:
        return self.week * DAYS


@dataclass(frozen=True)
class Arm:
    """An arm: its weight in the allocation, mean true change by visit, share of subjects who progress, its events.

    Rescue and switch are on the film day of their week; the whole arm switches if a week is given.
    """

    name: str = plan(Text())
    weight: int = plan(Whole(1, 20))
    change: Mapping[str, float] = plan(NumberTable(0, 60))
    progressors: float = plan(RealNumber(0.01, 1))
    rescued: float = plan(RealNumber(0, 1), default=0.0)
    rescue_week: int = plan(Whole(1, 520), default=16)
    switch_week: int = plan(Whole(0, 520), default=0)


@dataclass(frozen=True)
class Readers:
    """The errors of readers. Those that a plain run leaves out (slips, drift, fatigue, missing sites) have scenarios.

    number: readers in the pool; each case has two and, if adjudicated, a third. lean: SD between readers of the points
    they add to every film of a case. misjudged, invented: share of damaged and undamaged sites scored one off on all
    films of a case. poor_films: share of films with `poor_factor` times the errors. slips: chance per film of one
    site entered at random. drift: points added to every film of a case from the first to the last case; seen: points
    of change added at the last visit. fatigue: the growth of errors within a sitting of `sitting` cases.
    missing: chance of a site not assessable on all films; lost: on a single film.
    """

    number: int = plan(Whole(3, 40), default=4)
    lean: float = plan(RealNumber(0, 50), default=2.0)
    misjudged: float = plan(RealNumber(0, 1), default=0.28)
    invented: float = plan(RealNumber(0, 1), default=0.02)
    poor_films: float = plan(RealNumber(0, 1), default=0.0)
    poor_factor: float = plan(RealNumber(1, 20), default=3.0)
    slips: float = plan(RealNumber(0, 1), default=0.005)
    drift: float = plan(RealNumber(0, 50), default=4.0)
    seen: float = plan(RealNumber(0, 20), default=0.2)
    fatigue: float = plan(RealNumber(0, 10), default=0.5)
    sitting: int = plan(Whole(2, 200), default=20)
    missing: float = plan(RealNumber(0, 0.5), default=0.01)
    lost: float = plan(RealNumber(0, 0.5), default=0.005)
    joints: Mapping[str, float] = plan(Factors(), default_factory=dict)


@dataclass(frozen=True)
class CharterDesign:
    """The rules by which scores become results, with the product's own names."""

    threshold: float = plan(RealNumber(0, 448))
    reference: str = plan(Text())
    result_rule: str = plan(Choice(tuple(RESULT_RULES)), default="two-closest")
    missing_rule: str = plan(Choice(tuple(RULES)), default="paired-proportional")
    missing_limit: float = plan(RealNumber(0, 1), default=0.5)
    missing_visit: str = plan(Choice(tuple(GAPS)), default="extrapolated")
    repeats: float = plan(RealNumber(0, 0.5), default=0.1)


@dataclass(frozen=True)
class Design:
    """A trial to rehearse. Baseline totals are gamma distributed above `baseline_least`.

    unevenness: coefficient of variation of the true change among subjects who progress, beyond their first point.
    after_event: the share of their course that remains after rescue or switch. absent: chance that a film after
    the baseline does not arrive.
    """

    title: str = plan(Text())
    instrument: str = plan(Choice(INSTRUMENTS))
    subjects: int = plan(Whole(30, 20_000))
    baseline_mean: float = plan(RealNumber(0, 200))
    baseline_sd: float = plan(RealNumber(0.1, 200))
    visits: tuple[DesignVisit, ...] = ()
    arms: tuple[Arm, ...] = ()
    charter: CharterDesign = field(default_factory=lambda: CharterDesign(threshold=5, reference=""))
    readers: Readers = Readers()
    baseline_least: int = plan(Whole(0, 100), default=3)
    unevenness: float = plan(RealNumber(0.1, 6), default=1.0)
    after_event: float = plan(RealNumber(0, 1), default=0.3)
    absent: float = plan(RealNumber(0, 0.5), default=0.05)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(visit.code for visit in self.visits)
