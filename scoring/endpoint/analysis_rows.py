"""The rows of analysis.csv for one case, from the readers who decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import instruments
from instruments.intercurrent_events import get_event_rule
from reading.campaigns.frozen_films import Timepoint
from reading.charter.planned_windows import windows_of_analysis
from reading.charter.terms import Terms
from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.consensus.case_result import Computed
from scoring.consensus.rules import event_rule_of, fixed_thresholds, rule_of
from scoring.datasets.case_rows import CaseData, Row, rounded
from scoring.endpoint.criteria import Detectable, criteria_of, detectable_changes
from scoring.endpoint.estimand import (
    AnalysisValue,
    CaseFilms,
    Estimand,
    SubjectEvent,
    baseline_value,
    deciding_event,
    value_of,
)
from scoring.endpoint.event_lists import Events, events_by_subject
from scoring.endpoint.films import CaseFilm, ChangePair, StatusTotal, pairs_of, params_of
from scoring.endpoint.visits import AnalysisVisits, PlannedVisit, analysis_visits
from scoring.models import EventList, Outcome
from scoring.ratings.visits import case_visits

WAITING = "the case waits for adjudication"


@dataclass(frozen=True)
class Analysis:
    """What all rows of a campaign share: its charter, analysis visits, parameters, estimand, SDCs and events."""

    terms: Terms
    visits: AnalysisVisits
    params: tuple[str, ...]
    estimand: Estimand
    detectable: Detectable
    events: Events

    def event_of(self, subject: str, start: date) -> SubjectEvent | None:
        """The event that decides a subject's later visits, its day counted like target days from the baseline film."""
        origin = self.visits.baseline.target_day
        return deciding_event(
            [
                SubjectEvent(kind, (day - start).days + origin, event_rule_of(self.terms, kind))
                for kind, day in self.events.get(subject, [])
            ]
        )


def analysis_of(campaign: Campaign, events: EventList | None) -> Analysis | None:
    """The analysis of a campaign with a list of events; None when its trial plans no visits."""
    planned = planned_analysis(campaign)
    if planned is None:
        return None
    detectable = detectable_changes(campaign, planned.params, planned.visits)
    return replace(planned, detectable=detectable, events=events_by_subject(events))


def planned_analysis(campaign: Campaign) -> Analysis | None:
    """The same without a look at any score: no smallest detectable change is known, and no event."""
    terms = terms_of(campaign.charter)
    instrument = instruments.get(terms.instrument)
    planned = windows_of_analysis(campaign)
    if not planned:
        return None
    params = params_of(instrument)
    return Analysis(
        terms,
        analysis_visits(planned, case_visits(campaign, list(campaign.cases.live())).planned),
        params,
        Estimand(rule_of(terms), instrument.maximum, terms.missing_visit),
        {param: {} for param in params},
        {},
    )


def analysis_rows(data: CaseData, computed: Computed, analysis: Analysis, case: CaseFilms) -> Iterator[Row]:
    """One row per analysis visit and parameter of the case, in the order of the protocol."""
    base = next((film for film in case.films if film.plan == analysis.visits.baseline.code), None)
    shared = shared_columns(data, computed)
    for visit in analysis.visits.every:
        for param in analysis.params:
            value = value_for(case, analysis, visit, param, base)
            status = base.status[param].value if base else None
            yield {
                **shared,
                "param": param,
                **visit_columns(visit),
                **film_columns(case, visit, value, param),
                **number_columns(value),
                "status_base": written(status),
                "readers": readers_in_words(data, computed, value),
                **criterion_columns(analysis, visit, param, value),
            }


def value_for(
    case: CaseFilms, analysis: Analysis, visit: PlannedVisit, param: str, base: CaseFilm | None
) -> AnalysisValue:
    """The value of the baseline or of a later visit."""
    if visit == analysis.visits.baseline:
        return baseline_value(base, param)
    return value_of(case, analysis.visits, visit, param, analysis.estimand)


def case_films(data: CaseData, computed: Computed, analysis: Analysis) -> CaseFilms:
    """The films of the case with their numbers, in true order."""
    timepoints = data.frozen.timepoints
    plans = [plan_of(data, timepoint) for timepoint in timepoints]
    baseline = analysis.visits.baseline
    place = plans.index(baseline.code) if baseline.code in plans else None
    pairs: list[dict[str, ChangePair]] = [{} for _ in timepoints]
    if place is not None:
        pairs[place + 1 :] = pairs_after(data, computed, analysis, place)
    start = date.fromisoformat(timepoints[place or 0].day)
    films = [
        CaseFilm(
            data.visits[one.visit].code,
            data.visits[one.visit].kind,
            one.day,
            plan,
            (date.fromisoformat(one.day) - start).days + baseline.target_day,
            statuses(computed, at, analysis.params),
            own,
        )
        for at, (one, plan, own) in enumerate(zip(timepoints, plans, pairs, strict=True))
    ]
    event = analysis.event_of(data.subject.code, start) if place is not None else None
    gap_rule = get_event_rule(minimum_interval=analysis.terms.minimum_interval)
    return CaseFilms(tuple(films), place is not None, event, gap_rule)


def plan_of(data: CaseData, timepoint: Timepoint) -> str | None:
    """The code of the planned visit; None outside the plan."""
    plan = data.visits[timepoint.visit].plan
    return plan.code if plan else None


def pairs_after(data: CaseData, computed: Computed, analysis: Analysis, place: int) -> list[dict[str, ChangePair]]:
    """The pairs of every visit after the baseline; all missing while the case has no result."""
    if computed.numbers["result"] is None:
        missing = dict.fromkeys(analysis.params, ChangePair(None, None, WAITING, 0, 0))
        return [missing for _ in data.frozen.timepoints[place + 1 :]]
    return pairs_of(data.instrument, computed.panel, analysis.estimand.missing_rule, place)


def statuses(computed: Computed, place: int, params: tuple[str, ...]) -> dict[str, StatusTotal]:
    """The result's status totals at a timepoint."""
    if computed.numbers["result"] is None:
        return dict.fromkeys(params, StatusTotal(None, WAITING, 0, 0))
    result: Mapping[str, Any] = computed.numbers["result"]
    amounts, readers = result["totals"][place], tuple(result["readers"]["totals"][place])
    return {param: status_of(amounts[param], readers) for param in params}


def status_of(amount: Mapping[str, Any], readers: tuple[int, ...]) -> StatusTotal:
    """A stored amount as numbers."""
    value = None if amount["value"] is None else Fraction(amount["value"])
    return StatusTotal(value, amount["reason"], amount["assessed"], amount["imputed"], readers)


def shared_columns(data: CaseData, computed: Computed) -> Row:
    """The columns that every row of the case has."""
    return {
        "subject": data.subject.code,
        "site": data.subject.site.code,
        "adjudicated": "Y" if computed.outcome == Outcome.ADJUDICATED else "N",
    }


def readers_in_words(data: CaseData, computed: Computed, value: AnalysisValue) -> str:
    """The codes of the readers whose mean a value is; of a missing value, those who decide the case."""
    readers = computed.readers if value.change is None else value.readers
    return " ".join(data.reader_codes[reader] for reader in readers)


def visit_columns(visit: PlannedVisit) -> Row:
    """The columns of the protocol."""
    return {"avisit": visit.code, "avisitn": visit.number, "target_day": visit.target_day}


def film_columns(case: CaseFilms, visit: PlannedVisit, value: AnalysisValue, param: str) -> Row:
    """The film that serves the visit, and the event."""
    film, event = value.film, case.event
    row: Row = {"window": "none", "event_kind": event.kind if event else "", "event_day": event.day if event else ""}
    if event:
        day = film.day if film else visit.target_day
        row["post_event"] = "Y" if day > event.day + event.rule.grace_days else "N"
    if film is None:
        return row
    if case.anchored:
        row |= {"ady": film.day, "window": "in" if visit.holds(film.day) else "out"}
    return row | {
        "visit": film.code,
        "visit_kind": film.kind,
        "film_date": film.date,
        "status": written(film.status[param].value),
    }


def number_columns(value: AnalysisValue) -> Row:
    """Base and change rounded once; the analysis value is their sum, so that the three agree as they are written."""
    base, change = written(value.base), written(value.change)
    row: Row = {"basetype": value.basetype, "dtype": value.dtype, "reason": value.reason}
    if value.change is not None:
        row |= {"aval": str(Decimal(base) + Decimal(change)), "base": base, "chg": change}
        row |= {"aval_exact": value.value, "base_exact": value.base, "chg_exact": value.change}
    if value.assessed is not None:
        row |= {"assessed": value.assessed, "imputed": value.imputed}
    return row


def criterion_columns(analysis: Analysis, visit: PlannedVisit, param: str, value: AnalysisValue) -> Row:
    """The criteria of a visit after baseline, each with its flag."""
    start = analysis.visits.baseline
    if visit == start:
        return {}
    terms, interval = analysis.terms, f"{start.code} to {visit.code}"
    sdc = analysis.detectable[param].get(visit.code, "") if terms.sdc_threshold else None
    row: Row = {}
    criteria = criteria_of(fixed_thresholds(terms), sdc, interval, terms.threshold_strict)
    for number, one in enumerate(criteria, start=1):
        row |= {f"crit{number}": one.says, f"crit{number}_fl": one.flag(value.change)}
    return row


def written(value: Fraction | None) -> str:
    """A number as the other tables write it."""
    return rounded(None if value is None else str(value))
