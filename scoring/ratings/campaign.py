"""A campaign's stored results as ratings: subjects x visits x readers, for the agreement pages. No arms are held."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reading.campaigns.opening import identities
from reading.models import Campaign, Case
from scoring.agreement.report import Cube
from scoring.models import CaseResult
from studies.models import Visit


def newest_results(campaign: Campaign) -> dict[int, CaseResult]:
    """The newest result of every live case, by case id."""
    results = CaseResult.objects.filter(case__in=campaign.cases.live()).order_by("version")
    return {result.case_id: result for result in results}


def ratings_of(campaign: Campaign, group: str = "total") -> Cube:
    """The primary readers' totals of a group: two columns, the readers in order of account id within each case.

    With more than two people the columns are slots, not persons; reader pools are treated by the pool statistics.
    A missing total is NaN.
    """
    cases, results = list(campaign.cases.live().order_by("number")), newest_results(campaign)
    codes = visit_codes(cases)
    visits = ordered_visits(list(codes.values()))
    values = np.full((len(cases), len(visits), 2), np.nan)
    for row, case in enumerate(cases):
        if case.pk not in results:
            continue
        readers = sorted(results[case.pk].numbers["readers"].items(), key=lambda pair: int(pair[0]))[:2]
        for column, (_, numbers) in enumerate(readers):
            for place, visit in enumerate(codes[case.pk]):
                value = numbers["totals"][place][group]["value"]
                values[row, visits.index(visit), column] = np.nan if value is None else float(Fraction(value))
    return Cube(values, tuple(visits), ("first reader", "second reader"))


def visit_codes(cases: Sequence[Case]) -> dict[int, list[str]]:
    """The visit codes of every case in true order."""
    frozen = identities(cases)
    ids = {timepoint.visit for films in frozen.values() for timepoint in films.timepoints}
    names = dict(Visit.objects.filter(pk__in=ids).values_list("pk", "code"))
    return {case: [names[timepoint.visit] for timepoint in films.timepoints] for case, films in frozen.items()}


def ordered_visits(lists: Sequence[Sequence[str]]) -> list[str]:
    """Every visit once, by its mean place."""
    places: dict[str, list[int]] = {}
    for codes in lists:
        for place, code in enumerate(codes):
            places.setdefault(code, []).append(place)
    return sorted(places, key=lambda code: (sum(places[code]) / len(places[code]), code))
