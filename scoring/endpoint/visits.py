"""The analysis visits: planned visits under their protocol number, whatever place they have in a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.endpoint.films import CaseFilm
from studies.visit_window import baseline_among, window_days


@dataclass(frozen=True)
class PlannedVisit:
    """A visit of the protocol: number from 1 by target day, and its window in days before and after."""

    code: str
    number: int
    target_day: int
    days_before: int
    days_after: int

    @property
    def window(self) -> tuple[int, int]:
        """First and last day of the window, in days since baseline."""
        return window_days(self.target_day, self.days_before, self.days_after)

    def holds(self, day: int) -> bool:
        """Whether the day is inside the window."""
        first, last = self.window
        return first <= day <= last


@dataclass(frozen=True)
class AnalysisVisits:
    """The baseline and the visits after it that a campaign reads, in the order of the protocol."""

    baseline: PlannedVisit
    later: tuple[PlannedVisit, ...]

    @property
    def every(self) -> tuple[PlannedVisit, ...]:
        return (self.baseline, *self.later)

    def served_by(self, film: CaseFilm) -> PlannedVisit | None:
        """The visit that a film may serve: a scheduled film its own, another the one with the nearest target day.

        Another film serves no visit from outside its window. Between two target days equally near, the earlier counts.
        """
        if film.plan is not None:
            return next((visit for visit in self.every if visit.code == film.plan), None)
        return self.nearest(film.day)

    def nearest(self, day: int) -> PlannedVisit | None:
        """The visit that a film outside the plan may serve."""
        if not self.later:
            return None
        nearest = min(self.later, key=lambda visit: (abs(visit.target_day - day), visit.target_day))
        return nearest if nearest.holds(day) else None


def analysis_visits(planned: Iterable[tuple[str, int, int, int]], read: Iterable[str]) -> AnalysisVisits:
    """From every planned visit (code, target day, days before, days after) and the codes that the campaign reads."""
    ordered = sorted(planned, key=lambda plan: (plan[1], plan[0]))
    visits = [PlannedVisit(plan[0], number, *plan[1:]) for number, plan in enumerate(ordered, start=1)]
    start = baseline_among((one.code, one.target_day) for one in visits)
    baseline = next(one for one in visits if one.code == start)
    codes = set(read)
    later = (one for one in visits if one.number > baseline.number and one.code in codes)
    return AnalysisVisits(baseline, tuple(later))
