"""The visits of a campaign's cases: the planned ones in protocol order, and the others separately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.natural import natural_key
from reading.campaigns.case_seals import identities
from reading.charter.planned_windows import windows_of_analysis
from reading.models import Campaign, Case
from studies.models import Visit, VisitKind
from studies.visit_window import baseline_among


@dataclass(frozen=True)
class CaseVisits:
    """The visit codes of every case in true order, and every code once: planned, unscheduled, before the baseline.

    `planned` begins with the baseline of the analysis, whether it is read or not; `earlier` are the visits planned
    before it.
    """

    codes: dict[int, list[str]]
    planned: tuple[str, ...]
    unscheduled: tuple[str, ...]
    earlier: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """The baseline first, then the other planned visits, the unscheduled ones, and those before the baseline."""
        return (*self.planned, *self.unscheduled, *self.earlier)

    @property
    def ends(self) -> tuple[str, ...]:
        """The visits that can end an interval, in the order of `every`."""
        return (*self.planned, *self.unscheduled)[1:]

    @property
    def baseline(self) -> str | None:
        """The baseline of the analysis; None without planned visits."""
        return self.planned[0] if self.planned else None

    def start(self, case: int) -> int | None:
        """The place of the baseline among the visits of a case; None in a case without it."""
        codes = self.codes[case]
        return codes.index(self.every[0]) if self.every[0] in codes else None

    def end(self, wanted: str) -> str | None:
        """The end of the interval shown first: the requested visit if it is planned, or the last planned visit."""
        later = self.planned[1:]
        return wanted if wanted in later else (later or self.ends or (None,))[-1]


def case_visits(campaign: Campaign, cases: Sequence[Case]) -> CaseVisits:
    """Planned visits by target day as the charter was signed.

    Unscheduled ones, rescue and early termination included, by their mean place.
    """
    frozen = identities(cases)
    ids = {timepoint.visit for films in frozen.values() for timepoint in films.timepoints}
    visits = {visit.pk: visit for visit in Visit.objects.filter(pk__in=ids).select_related("plan")}
    codes = {case: [visits[timepoint.visit].code for timepoint in films.timepoints] for case, films in frozen.items()}
    planned = {window.code: window.target_day for window in windows_of_analysis(campaign)}
    days = {
        visit.code: planned[visit.plan.code]
        for visit in visits.values()
        if visit.kind == VisitKind.SCHEDULED and visit.plan is not None
    }
    others = [[code for code in of_case if code not in days] for of_case in codes.values()]
    baseline = baseline_among(planned.items())
    if baseline is not None:
        days[baseline] = planned[baseline]
    ordered = tuple(sorted(days, key=lambda code: (days[code], code)))
    start = 0 if baseline is None else ordered.index(baseline)
    return CaseVisits(codes, ordered[start:], by_mean_place(others), ordered[:start])


def by_mean_place(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Every code once, by its mean place in the lists; those of one place as people count.

    >>> by_mean_place([["U1", "U2"], ["U2"], []])
    ('U1', 'U2')
    >>> by_mean_place([["U10"], ["U2"]])
    ('U2', 'U10')
    """
    places: dict[str, list[int]] = {}
    for codes in lists:
        for place, code in enumerate(codes):
            places.setdefault(code, []).append(place)
    return tuple(sorted(places, key=lambda code: (sum(places[code]) / len(places[code]), natural_key(code))))
