"""The facts of a case for the CDISC files, from the same rows and the same recomputed result as the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count

import instruments
from reading.campaigns.frozen_films import Timepoint
from reading.charter.planned_windows import windows_of_analysis
from reading.charter.versions import terms_of
from reading.models import Campaign, ReadKind, SignedValues
from scoring.cdisc.facts import READERS, CampaignFacts, CaseFacts, FilmVisit, Interval, MadeValue
from scoring.cdisc.readings import REPEAT, RESULT
from scoring.consensus.case_result import Computed
from scoring.consensus.discordance import Discordance
from scoring.consensus.panel import Panel, alone
from scoring.consensus.rules import rule_of, single_threshold
from scoring.consensus.signed_series import newest_values
from scoring.datasets.case_rows import CaseData, Row, rounded
from scoring.endpoint.analysis_rows import Analysis, plan_of
from scoring.endpoint.estimand import CaseFilms, serving_film, value_of
from scoring.endpoint.films import ChangePair, pairs_of_cases, params_of
from studies.visit_window import baseline_among

DIFFERENCE = "CHANGES DIFFER BY MORE THAN THE THRESHOLD"
ONE_SIDED = "A VISIT IS EVALUABLE FOR ONE READER ONLY"
CONTROL = "CONCORDANT CASE, RESULT NOT USED"
DTYPES = {"extrapolated": "EXTRAP", "carried": "LOCF", "interpolated": "INTERP"}


@dataclass(frozen=True)
class CampaignTransfer:
    """The facts common to a campaign's cases; `numbers` and `days`: number and target day of planned visits by code."""

    facts: CampaignFacts
    numbers: Mapping[str, int]
    days: Mapping[str, int]
    analysis: Analysis | None

    @property
    def baseline(self) -> str | None:
        """The code of the visit from which the analysis counts changes; None without planned visits."""
        return baseline_among(self.days.items())


def transfer_of(campaign: Campaign, analysis: Analysis | None) -> CampaignTransfer:
    """The facts of a campaign, from a few queries."""
    charter = campaign.charter
    terms = terms_of(charter)
    windows = windows_of_analysis(campaign)
    return CampaignTransfer(
        CampaignFacts(
            campaign.trial.code,
            campaign.code,
            charter.version,
            instruments.get(terms.instrument),
            terms.wording,
            most_readers(campaign),
            single_threshold(terms),
        ),
        {window.code: number for number, window in enumerate(windows, start=1)},
        {window.code: window.target_day for window in windows},
        analysis,
    )


def most_readers(campaign: Campaign) -> int:
    """The most people who ever signed a primary read of one case, and never less than the published READERs."""
    signed = SignedValues.objects.filter(step__read__case__campaign=campaign, step__read__kind=ReadKind.PRIMARY)
    by_case = signed.values("step__read__case").annotate(people=Count("step__read__reader", distinct=True)).order_by()
    return max([READERS, *by_case.values_list("people", flat=True)])


def facts_of_case(
    data: CaseData,
    computed: Computed,
    shared: CampaignTransfer,
    films: CaseFilms | None,
    scores: Sequence[Row],
    totals: Sequence[Row],
) -> CaseFacts:
    """The facts of a case with its films as analysis.csv uses them, and its rows of scores.csv and totals.csv."""
    baseline = baseline_place(data, shared)
    return CaseFacts(
        campaign=shared.facts,
        subject=data.subject.code,
        visits=film_visits(data, shared, films, baseline),
        baseline=baseline,
        deciding=deciding_at(data, computed),
        scores=scores,
        totals=totals,
        intervals={} if baseline is None else intervals_of(data, computed, baseline),
        corrected=frozenset(
            read.token for read in data.signed if any(signed.version > 1 for signed in newest_values(read))
        ),
        adjudicated_because=reason_of(computed.trigger),
        made=() if films is None or shared.analysis is None else tuple(made_values(films, shared.analysis)),
    )


def deciding_at(data: CaseData, computed: Computed) -> tuple[dict[str, frozenset[str]], ...]:
    """By visit and group, the codes of the readers whose mean its value is; none if it is missing or pending."""
    result = computed.numbers["result"]
    if result is None:
        return tuple({} for _ in data.frozen.timepoints)
    return tuple(
        dict.fromkeys(known_groups(groups), frozenset(data.reader_codes[reader] for reader in readers))
        for groups, readers in zip(result["totals"], result["readers"]["totals"], strict=True)
    )


def known_groups(groups: Mapping[str, Any]) -> list[str]:
    """The groups that have a value."""
    return [name for name, amount in groups.items() if amount["value"] is not None]


def baseline_place(data: CaseData, shared: CampaignTransfer) -> int | None:
    """The index of the baseline visit; the first one without planned visits; None if the case lacks it."""
    if shared.baseline is None:
        return 0
    plans = [plan_of(data, timepoint) for timepoint in data.frozen.timepoints]
    return plans.index(shared.baseline) if shared.baseline in plans else None


def reason_of(trigger: Discordance) -> str:
    """The reason why an adjudicator reads the case."""
    if not trigger.is_discordant:
        return CONTROL
    return DIFFERENCE if trigger.is_apart else ONE_SIDED


def film_visits(
    data: CaseData, shared: CampaignTransfer, case: CaseFilms | None, baseline: int | None
) -> tuple[FilmVisit, ...]:
    """The visits of a case in true order."""
    timepoints = data.frozen.timepoints
    numbers = visit_numbers([plan_of(data, timepoint) for timepoint in timepoints], shared.numbers)
    served = served_visits(data, shared, case)
    start = None if baseline is None else date.fromisoformat(timepoints[baseline].day)
    return tuple(
        film_visit(data, shared, timepoint, number, served.get(place, ("", None, False)), start)
        for place, (timepoint, number) in enumerate(zip(timepoints, numbers, strict=True))
    )


Served = tuple[str, int | None, bool]


def film_visit(
    data: CaseData, shared: CampaignTransfer, timepoint: Timepoint, number: float, served: Served, start: date | None
) -> FilmVisit:
    """One visit with the days of its films."""
    visit = data.visits[timepoint.visit]
    films = {}
    for key, image in timepoint.images.items():
        region, side = key.split("-")
        film = data.films.get(image)
        films[region, side] = film.film_date.isoformat() if film and film.film_date else timepoint.day
    return FilmVisit(
        code=visit.code,
        number=number,
        planned_day=shared.days[visit.plan.code] if visit.plan else None,
        day=timepoint.day,
        films=films,
        analysis_visit=served[0],
        analysis_number=served[1],
        serves=served[2],
        since_baseline=None if start is None else (date.fromisoformat(timepoint.day) - start).days,
    )


def visit_numbers(plans: Sequence[str | None], numbers: Mapping[str, int]) -> list[float]:
    """The protocol number of each planned visit; others follow the planned visit before them, in steps of 0.01.

    >>> visit_numbers([None, "W00", None, None, "W52"], {"W00": 1, "W24": 2, "W52": 3})
    [0.01, 1.0, 1.01, 1.02, 3.0]
    """
    found: list[float] = []
    last, between = 0, 0
    for plan in plans:
        last, between = (last, between + 1) if plan is None else (numbers[plan], 0)
        found.append(round(last + between / 100, 2))
    return found


def served_visits(data: CaseData, shared: CampaignTransfer, case: CaseFilms | None) -> dict[int, Served]:
    """The analysis visit of each film by its index, its number, and whether analysis.csv uses the film for it."""
    timepoints = data.frozen.timepoints
    plans = [plan_of(data, timepoint) for timepoint in timepoints]
    served: dict[int, Served] = {
        place: (plan, shared.numbers[plan], False) for place, plan in enumerate(plans) if plan is not None
    }
    if shared.analysis is None or case is None:
        return served
    visits = shared.analysis.visits
    for visit in visits.later:
        film = serving_film(case, visits, visit)
        if film is not None:
            served[case.films.index(film)] = (visit.code, visit.number, True)
    if visits.baseline.code in plans:
        served[plans.index(visits.baseline.code)] = (visits.baseline.code, visits.baseline.number, True)
    return served


def made_values(case: CaseFilms, analysis: Analysis) -> Iterator[MadeValue]:
    """The values of analysis.csv that were not observed; sites are not counted for them."""
    for visit in analysis.visits.later:
        for param in analysis.params:
            value = value_of(case, analysis.visits, visit, param, analysis.estimand)
            if value.dtype:
                interval = replace(
                    interval_of(ChangePair(value.base, value.value, "", 0, 0)), assessed=None, imputed=None
                )
                yield MadeValue(visit.code, visit.number, param, DTYPES[value.dtype], interval)


def intervals_of(data: CaseData, computed: Computed, baseline: int) -> dict[str, list[dict[str, Interval]]]:
    """The changes of each reader, repeat and the result by SOURCE of totals.csv, to each visit after the baseline."""
    panels = dict(panels_of(data, computed))
    if not panels:
        return {}
    rule, params = rule_of(terms_of(data.case.campaign.charter)), params_of(data.instrument)
    pairs = pairs_of_cases(data.instrument, list(panels.values()), rule, baseline, params)
    return {
        source: [{name: interval_of(pair) for name, pair in groups.items()} for groups in visits]
        for source, visits in zip(panels, pairs, strict=True)
    }


def panels_of(data: CaseData, computed: Computed) -> Iterator[tuple[str, Panel]]:
    """The readers of the values of each SOURCE: one read, or the deciding readers of the case."""
    for one in data.signed_reads:
        repeats = one.read.kind == ReadKind.REPEAT
        if repeats or str(one.read.reader_id) in computed.numbers["readers"]:
            yield f"{data.slot(one.read)}{REPEAT if repeats else ''}", alone(one.series)
    if computed.numbers["result"] is not None:
        yield RESULT, computed.panel


def interval_of(pair: ChangePair) -> Interval:
    """A pair with base and change rounded once, as in analysis.csv."""
    if pair.base is None or pair.value is None:
        return Interval("", "", None, pair.assessed, pair.imputed)
    change = pair.value - pair.base
    return Interval(rounded(str(pair.base)), rounded(str(change)), change, pair.assessed, pair.imputed)
