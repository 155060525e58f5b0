"""Counts over all visits of a trial, and its visits in pages: one row of an aggregate describes most visits.

A visit is plain when nothing has arrived for it, or when its four views are accepted and nothing else has arrived.
The others, and those shown on a page, are loaded with their films by studies.plan.completeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import NamedTuple, Self, overload

from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, Subquery, When

from studies.models import AbsentFilm, ConsentWithdrawal, Site, Trial, Visit
from studies.models.film import FOUND_GOOD, OUT_OF_PLAY
from studies.plan.absences import EXPECTED
from studies.plan.completeness import ViewStatus, VisitState, visit_states
from studies.plan.known_visits import load_visits, subjects_with_visits
from studies.visit_window import BASELINE_DAY, window_dates

VIEWS = len(EXPECTED)
AT_ONCE = 2000


@dataclass
class Tally:
    """Counts over visits; `films_overdue` and the three below it count views."""

    visits: int = 0
    complete: int = 0
    deviating: int = 0
    outside_window: int = 0
    not_done: int = 0
    films_overdue: int = 0
    films_accepted: int = 0
    films_absent: int = 0
    films_not_expected: int = 0

    def add(self, other: Self) -> None:
        """Adds the counts of other visits."""
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


NAMES = tuple(one.name for one in fields(Tally))


class VisitRow(NamedTuple):
    """One visit as the aggregate gives it."""

    pk: int
    subject: int
    target_day: int | None
    days_before: int | None
    days_after: int | None
    not_done: str
    absences: bool
    films: int
    good: int
    views: int
    days: int
    first: date | None
    last: date | None
    withdrawn_on: date | None

    @property
    def is_plain(self) -> bool:
        """Whether the row has everything about the visit that is counted."""
        return not self.absences and (self.films == 0 or self.films == self.good == self.views == VIEWS)

    def window(self, baseline: date | None) -> tuple[date, date] | None:
        """Like Visit.window."""
        if self.target_day is None or baseline is None:
            return None
        return window_dates(baseline, self.target_day, self.days_before or 0, self.days_after or 0)


def rows_of(trial: Trial, site: Site | None = None) -> list[VisitRow]:
    """Every visit of the trial or of one site, in the order of subjects_with_visits and visit_states, in one query."""
    in_play, good = ~Q(films__status__in=OUT_OF_PLAY), Q(films__status__in=FOUND_GOOD)
    placed = [Q(films__side=side, films__view=view) for side, view in EXPECTED]
    view = Case(*(When(good & one, then=place) for place, one in enumerate(placed)), default=None)
    own = Visit.objects.filter(subject__trial=trial) if site is None else Visit.objects.filter(subject__site=site)
    withdrawn = ConsentWithdrawal.objects.current().filter(subject=OuterRef("subject"))
    visits = own.annotate(
        withdrawn_on=Subquery(withdrawn.values("withdrawn_on")[:1]),
        absences=Exists(AbsentFilm.objects.filter(visit=OuterRef("pk"), withdrawn_at=None)),
        came=Count("films"),
        good=Count("films", filter=good),
        different_views=Count(view, distinct=True),
        different_days=Count("films__film_date", distinct=True, filter=in_play),
        first_day=Min("films__film_date", filter=in_play),
        last_day=Max("films__film_date", filter=in_play),
    )
    planned = ("plan__target_day", "plan__days_before", "plan__days_after", "not_done_reason", "absences")
    counted = ("came", "good", "different_views", "different_days", "first_day", "last_day", "withdrawn_on")
    ordered = visits.order_by("subject__natural", "subject", "natural", "code")
    rows = [VisitRow(*row) for row in ordered.values_list("pk", "subject_id", *planned, *counted)]
    place = {subject: place for place, subject in enumerate(dict.fromkeys(row.subject for row in rows))}
    return sorted(rows, key=lambda row: (place[row.subject], row.target_day is None, row.target_day or 0))


class States(Sequence[VisitState]):
    """The visits of a trial, or of one of its sites, with their films, loaded when needed: a page, or all."""

    def __init__(self, trial: Trial, today: date, site: Site | None = None) -> None:
        self.trial, self.today, self.site = trial, today, site

    @cached_property
    def rows(self) -> list[VisitRow]:
        """Every visit in order, without its films."""
        return rows_of(self.trial, self.site)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, wanted: int) -> VisitState: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[VisitState]: ...
    def __getitem__(self, wanted: int | slice) -> VisitState | list[VisitState]:
        if isinstance(wanted, slice):
            return list(self.loaded(self.rows[wanted]))
        return next(self.loaded([self.rows[wanted]]))

    def __iter__(self) -> Iterator[VisitState]:
        return self.loaded(self.rows)

    def loaded(self, rows: Sequence[VisitRow]) -> Iterator[VisitState]:
        """These visits, in their order."""
        subjects = list(dict.fromkeys(row.subject for row in rows))
        own = {row.pk for row in rows}
        for start in range(0, len(subjects), AT_ONCE):
            some = list(subjects_with_visits(self.trial).filter(pk__in=subjects[start : start + AT_ONCE]))
            load_visits(some)
            states = (state for subject in some for state in visit_states(subject, self.today))
            yield from (state for state in states if state.visit.pk in own)

    def tally(self) -> Tally:
        """The counts over all visits; only those that are not plain are loaded."""
        baselines = baselines_of(self.rows)
        total = tally_of(self.loaded([row for row in self.rows if not row.is_plain]))
        for row in self.rows:
            if row.is_plain:
                total.add(plain_tally(row, row.window(baselines.get(row.subject)), self.today))
        return total


def baselines_of(rows: Iterable[VisitRow]) -> dict[int, date]:
    """The baseline day of each subject that has one, as baseline_day."""
    days: dict[int, date] = {}
    for row in rows:
        if row.target_day == BASELINE_DAY and row.first is not None:
            days[row.subject] = min(row.first, days.get(row.subject, row.first))
    return days


def plain_tally(row: VisitRow, window: tuple[date, date] | None, today: date) -> Tally:
    """The counts of a plain visit."""
    odd = row.target_day is None or bool(row.not_done)
    if row.films:
        off = is_outside(row, window)
        deviating = odd or off or row.days > 1
        return Tally(1, 1, deviating, off, bool(row.not_done), films_accepted=VIEWS)
    if row.not_done:
        return Tally(1, complete=1, deviating=1, not_done=1)
    due = min(today, row.withdrawn_on or today)
    unplanned = row.target_day is None and row.withdrawn_on is None
    overdue = unplanned or (window is not None and due > window[1])
    ended = row.withdrawn_on is not None and not overdue
    return Tally(
        1, complete=ended, deviating=overdue or odd, films_overdue=VIEWS * overdue, films_not_expected=VIEWS * ended
    )


def is_outside(row: VisitRow, window: tuple[date, date] | None) -> bool:
    """Whether a film was taken outside the window of the visit."""
    if window is None or row.first is None or row.last is None:
        return False
    return row.first < window[0] or row.last > window[1]


def tally_of(states: Iterable[VisitState]) -> Tally:
    """The counts of visits loaded with their films."""
    total = Tally()
    for state in states:
        views = [view.status for view in state.views]
        total.add(
            Tally(
                visits=1,
                complete=state.complete,
                deviating=bool(state.deviations),
                outside_window=bool(state.days_off),
                not_done=bool(state.visit.not_done_reason),
                films_overdue=views.count(ViewStatus.OVERDUE),
                films_accepted=views.count(ViewStatus.READY) + views.count(ViewStatus.ACCEPTED),
                films_absent=views.count(ViewStatus.ABSENT),
                films_not_expected=views.count(ViewStatus.NO_CONSENT),
            )
        )
    return total
