"""The films that a site still has to send: overdue, to be sent again, and of visits whose window is open now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from studies.models import Site, Trial
from studies.plan.completeness import ViewState, ViewStatus, VisitState
from studies.plan.tally import States, VisitRow, baselines_of

AT_MOST = 10


@dataclass(frozen=True)
class VisitToCome:
    """A visit with due films."""

    state: VisitState

    @property
    def last_day(self) -> date | None:
        """The end of its window."""
        return self.state.window[1] if self.state.window else None

    @property
    def overdue(self) -> list[ViewState]:
        """The views without any film although the window is over."""
        return self._in(ViewStatus.OVERDUE)

    @property
    def again(self) -> list[ViewState]:
        """The views whose film was refused, rejected or withdrawn."""
        return [view for view in self.state.wanted if view.status != ViewStatus.OVERDUE]

    @property
    def expected(self) -> list[ViewState]:
        """The views without any film yet while the window is open."""
        return self._in(ViewStatus.EXPECTED)

    def _in(self, status: ViewStatus) -> list[ViewState]:
        return [view for view in self.state.views if view.status == status]


@dataclass(frozen=True)
class StillToCome:
    """The first visits with films due, how many there are, and how many of them are overdue, as in the calendar."""

    visits: list[VisitToCome]
    all: int
    overdue: int

    @property
    def more(self) -> int:
        """The number that are not among the first."""
        return self.all - len(self.visits)


def still_to_come(trial: Trial, today: date, site: Site | None = None) -> StillToCome:
    """The visits with films due, the oldest window first; only visits with films and the first others are loaded.

    Nothing is due for a subject who withdrew consent.
    """
    states = States(trial, today, site)
    rows = [row for row in states.rows if row.withdrawn_on is None]
    baselines = baselines_of(rows)
    some = [state for state in states.loaded([row for row in rows if not row.is_plain]) if is_due(state, today)]
    none = [(window_of(row, baselines), row) for row in rows if row.is_plain and not row.films]
    empty = [(window, row) for window, row in none if row_is_due(row, window, today)]
    first = sorted(empty, key=lambda pair: last_day_of(pair[0]))[:AT_MOST]
    found = [*some, *states.loaded([row for _, row in first])]
    overdue = [
        one for one in some if is_awaited(one) and is_overdue(one.window, today, planned=one.visit.plan is not None)
    ]
    late = [row for window, row in empty if is_overdue(window, today, planned=row.target_day is not None)]
    visits = [VisitToCome(one) for one in in_turn(found)[:AT_MOST]]
    return StillToCome(visits, len(some) + len(empty), len(overdue) + len(late))


def window_of(row: VisitRow, baselines: dict[int, date]) -> tuple[date, date] | None:
    """The window of a visit."""
    return row.window(baselines.get(row.subject))


def last_day_of(window: tuple[date, date] | None) -> date:
    """The date for sorting: visits without a window (outside the plan, baselines without a film) come last."""
    return window[1] if window else date.max


def is_overdue(window: tuple[date, date] | None, today: date, *, planned: bool) -> bool:
    """Whether the window is over; a visit outside the plan took place, so its films are overdue."""
    return not planned or (window is not None and window[1] < today)


def awaited(state: VisitState) -> list[ViewState]:
    """The views that have not arrived or must be sent again."""
    return [*state.wanted, *(view for view in state.views if view.status == ViewStatus.EXPECTED)]


def is_awaited(state: VisitState) -> bool:
    """Whether films of a visit are expected; films that the desk has not yet assigned to a view may be those."""
    return len(awaited(state)) > len(state.unplaced)


def row_is_due(row: VisitRow, window: tuple[date, date] | None, today: date) -> bool:
    """Whether films are due for a visit without any: its window has begun, or they may arrive any day."""
    if row.not_done:
        return False
    return not row.target_day if window is None else window[0] <= today


def is_due(state: VisitState, today: date) -> bool:
    """Whether further films are due for a visit with some."""
    begun = state.window is None or state.window[0] <= today
    return bool(state.wanted) or (begun and any(view.status == ViewStatus.EXPECTED for view in state.views))


def in_turn(states: Iterable[VisitState]) -> list[VisitState]:
    """The sort key: the oldest window first."""
    return sorted(states, key=lambda state: last_day_of(state.window))
