"""The value of every analysis visit of one case: which film serves it, and what becomes of it after an event.

Pure: films, visits and an event in, exact fractions out. Values and their baseline come from the same pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from instruments.extrapolation import DatedScore, Filled, value_at
from instruments.intercurrent_events import EventRule, film_of_visit
from instruments.missing import MissingRule, Together
from scoring.endpoint.films import STATUS, CaseFilm, basetype_of
from scoring.endpoint.visits import AnalysisVisits, PlannedVisit

NO_BASELINE = "no baseline film"
BEFORE_BASELINE = "the film of this visit was taken before the baseline film"
OTHER_READERS = "the films before and after the missing visit were evaluable for different readers"
OBSERVED = "observed"


@dataclass(frozen=True)
class SubjectEvent:
    """An intercurrent event of a subject: kind, day since baseline, and the charter's rule for its kind."""

    kind: str
    day: int
    rule: EventRule


@dataclass(frozen=True)
class Estimand:
    """What a charter fixes: the missing rule of its changes, visits without a film, the instrument's maximum."""

    missing_rule: MissingRule
    maximum: int
    gap: str = "missing"


@dataclass(frozen=True)
class CaseFilms:
    """The films of one case in true order, and the event that decides its later visits, if any.

    Without a baseline film (`anchored` is False) days have no origin and there is no change. `gap_rule` extrapolates
    where no event decides.
    """

    films: tuple[CaseFilm, ...]
    anchored: bool = True
    event: SubjectEvent | None = None
    gap_rule: EventRule = EventRule()

    @property
    def event_day(self) -> int | None:
        """The day after which the rule of the event replaces values; None without such an event."""
        return None if self.event is None or self.event.rule.name == OBSERVED else self.event.day

    @property
    def rule(self) -> EventRule:
        """The rule of the event, or the one for visits without a film."""
        return self.gap_rule if self.event is None or self.event_day is None else self.event.rule


@dataclass(frozen=True)
class AnalysisValue:
    """A parameter at an analysis visit: base and value of one pair, their origin, and the film that serves it."""

    basetype: str
    base: Fraction | None = None
    value: Fraction | None = None
    dtype: str = ""
    reason: str = ""
    film: CaseFilm | None = None
    assessed: int | None = None
    imputed: int | None = None
    readers: tuple[int, ...] = ()

    @property
    def change(self) -> Fraction | None:
        """Value minus base."""
        return None if self.base is None or self.value is None else self.value - self.base


def deciding_event(events: Sequence[SubjectEvent]) -> SubjectEvent | None:
    """The first event that the charter's rule does not pass over; of one day, the one that leaves values missing.

    Where every event is passed over (treatment policy), the first is named and changes nothing.
    """
    ordered = sorted(events, key=lambda event: (event.day, event.rule.name != "missing", event.kind))
    return next((event for event in ordered if event.rule.name != OBSERVED), ordered[0] if ordered else None)


def serving_film(case: CaseFilms, visits: AnalysisVisits, visit: PlannedVisit) -> CaseFilm | None:
    """The film that serves a visit after baseline; without a baseline film only the scheduled one can."""
    own = next((film for film in case.films if film.plan == visit.code), None)
    if not case.anchored:
        return own
    return film_of_visit(
        own,
        others_for(case, visits, visit),
        target_day=visit.target_day,
        window=visit.window,
        event_day=case.event_day,
        rule=case.rule,
    )


def others_for(case: CaseFilms, visits: AnalysisVisits, visit: PlannedVisit) -> list[CaseFilm]:
    """The films outside the plan that may serve a visit."""
    return [film for film in case.films if film.plan is None and visits.served_by(film) == visit]


def baseline_value(film: CaseFilm | None, param: str) -> AnalysisValue:
    """The status total of the baseline; its change is 0."""
    if film is None:
        return AnalysisValue(STATUS, reason=NO_BASELINE)
    status = film.status[param]
    counts = (status.assessed, status.imputed)
    return AnalysisValue(STATUS, status.value, status.value, "", status.reason, film, *counts, status.readers)


def value_of(
    case: CaseFilms, visits: AnalysisVisits, visit: PlannedVisit, param: str, estimand: Estimand
) -> AnalysisValue:
    """One parameter at one visit after baseline."""
    film = serving_film(case, visits, visit)
    own_type = basetype_of(estimand.missing_rule, visit.code)
    if not case.anchored:
        return AnalysisValue(own_type, reason=NO_BASELINE, film=film)
    if film is None:
        return made_value(case, visits, visit, param, estimand)
    if not film.pairs:
        return AnalysisValue(own_type, reason=BEFORE_BASELINE, film=film)
    pair = film.pairs[param]
    basetype = basetype_of(estimand.missing_rule, film.code, pair.partial)
    counts = (pair.assessed, pair.imputed)
    return AnalysisValue(basetype, pair.base, pair.value, "", pair.reason, film, *counts, pair.readers)


def made_value(
    case: CaseFilms, visits: AnalysisVisits, visit: PlannedVisit, param: str, estimand: Estimand
) -> AnalysisValue:
    """The value of a visit that no film serves, by the rule of the event or of missing visits.

    A film with a missing total is no source for any parameter, so that erosion + narrowing = total stays true.
    """
    usable = [film for film in case.films if film.pairs and film.pairs["total"].value is not None]
    scores = {dated(film, param): film for film in usable}
    own = next((film for film in case.films if film.plan == visit.code), None)
    found = value_at(
        baseline=DatedScore(visits.baseline.target_day, 0),
        later=list(scores),
        target_day=visit.target_day,
        observed=dated(own, param) if own else None,
        event_day=case.event_day,
        rule=case.rule,
        maximum=estimand.maximum,
        others=[dated(film, param) for film in others_for(case, visits, visit)],
        window=visit.window,
        gap=estimand.gap,
    )
    sources = [scores[one].pairs[param] for one in found.films if one in scores]
    if found.value is not None and len({one.readers for one in sources}) > 1:
        return AnalysisValue(basetype_of(estimand.missing_rule, visit.code), reason=OTHER_READERS)
    basetype, readers = named(found, scores, visit, param, estimand), sources[-1].readers if sources else ()
    return AnalysisValue(basetype, found.base, found.value, made_by(found), found.reason, readers=readers)


def dated(film: CaseFilm, param: str) -> DatedScore:
    """The film's value of a parameter with the baseline that belongs to it; 0 for one that cannot be a source."""
    pair = film.pairs.get(param)
    return DatedScore(film.day, pair.value or 0 if pair else 0, pair.base or 0 if pair else 0)


def made_by(found: Filled) -> str:
    """The origin of a value that was not observed."""
    return "" if found.value is None else found.origin


def named(
    found: Filled, scores: dict[DatedScore, CaseFilm], visit: PlannedVisit, param: str, estimand: Estimand
) -> str:
    """The baseline type: of the last film used, so that one name keeps one baseline; of the visit when interpolated."""
    rule = estimand.missing_rule
    if found.value is None:
        return basetype_of(rule, visit.code)
    if found.origin == "interpolated" and rule.kind.together is Together.PAIR:
        return f"{visit.code} INTERPOLATED"
    source = scores[found.films[-1]]
    return basetype_of(rule, source.code, source.pairs[param].partial)
