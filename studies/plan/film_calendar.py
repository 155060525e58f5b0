"""The calendar of expected films: each visit with films still to come and its window. No scores and no arms."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.functional import cached_property

from studies.models import Subject
from studies.plan.completeness import VisitState
from studies.plan.still_to_come import is_awaited, is_overdue, last_day_of, window_of
from studies.plan.tally import States, VisitRow, baselines_of, rows_of


class DueStatus(TextChoices):
    """The position of today relative to the window of a visit."""

    OVERDUE = "overdue", "Overdue"
    OPEN = "due", "Window open"
    LATER = "later", "Later"
    UNKNOWN = "unknown", "No date yet"


@dataclass(frozen=True)
class DueMonth:
    """The visits whose window ends in a month, and the number of overdue ones."""

    first_day: date
    visits: int
    overdue: int

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return self.first_day.replace(day=monthrange(self.first_day.year, self.first_day.month)[1])


class FilmCalendar(States):
    """The visits of a trial or of one site with expected films, the earliest end of a window first.

    Visits that were not done, those of subjects who withdrew consent, and those whose films have all arrived or are
    recorded as not available are left out. A visit has no window until its subject has a baseline film.
    """

    @cached_property
    def every_row(self) -> list[VisitRow]:
        """All visits, including those without expected films."""
        return rows_of(self.trial, self.site)

    @cached_property
    def rows(self) -> list[VisitRow]:
        """The expected visits in order, without their films."""
        rows = [row for row in self.every_row if row.withdrawn_on is None]
        some = [row for row in rows if not row.is_plain]
        incomplete = {state.visit.pk for state in super().loaded(some) if is_awaited(state)}
        empty = {row.pk for row in rows if row.is_plain and not row.films and not row.not_done}
        expected = [row for row in rows if row.pk in incomplete | empty]
        return sorted(expected, key=lambda row: last_day_of(self.windows.get(row.pk)))

    @cached_property
    def windows(self) -> dict[int, tuple[date, date]]:
        """The window of each visit that has one."""
        baselines = baselines_of(self.every_row)
        return {row.pk: window for row in self.every_row if (window := window_of(row, baselines))}

    def loaded(self, rows: Sequence[VisitRow]) -> Iterator[VisitState]:
        """These visits with their films, in the given order."""
        states = {state.visit.pk: state for state in super().loaded(rows)}
        return (states[row.pk] for row in rows)

    def status_of(self, row: VisitRow) -> DueStatus:
        """The position of today in the window of the visit."""
        return due_status(self.windows.get(row.pk), self.today, planned=row.target_day is not None)

    def months(self) -> list[DueMonth]:
        """The months in which a window ends, the earliest first."""
        visits, overdue = Counter[date](), Counter[date]()
        for row in self.rows:
            if window := self.windows.get(row.pk):
                month = window[1].replace(day=1)
                visits[month] += 1
                overdue[month] += self.status_of(row) == DueStatus.OVERDUE
        return [DueMonth(month, visits[month], overdue[month]) for month in sorted(visits)]

    def overdue_by_site(self) -> dict[int, int]:
        """The number of overdue visits by site; sites without any are left out."""
        overdue = [row.subject for row in self.rows if self.status_of(row) == DueStatus.OVERDUE]
        sites = dict(Subject.objects.filter(trial=self.trial).values_list("pk", "site_id"))
        return dict(Counter(sites[subject] for subject in overdue))


def due_status(window: tuple[date, date] | None, today: date, *, planned: bool) -> DueStatus:
    """The position of a day relative to a window."""
    if is_overdue(window, today, planned=planned):
        return DueStatus.OVERDUE
    if window is None:
        return DueStatus.UNKNOWN
    return DueStatus.OPEN if today >= window[0] else DueStatus.LATER
