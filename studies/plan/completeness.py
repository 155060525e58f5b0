"""Expected and received films of each visit: four views, their states, dates and deviations.

Everything is derived from the current rows; nothing here is stored or corrected. For a subject who withdrew
consent, films that were not yet overdue on that day are not expected; films that were overdue then stay overdue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from config.wording import counted
from studies.models import FilmStatus, Subject, Visit
from studies.models.film import OUT_OF_PLAY
from studies.plan.absences import EXPECTED, view_name
from studies.plan.known_visits import FilmRow, came, given_up, known, withdrawn_on
from studies.plan.visits import baseline_day


class ViewStatus(TextChoices):
    """The state of one view of a visit: a film's status, or the reason why there is no film."""

    READY = "ready", "Ready"
    ACCEPTED = "accepted", "Accepted"
    AT_DESK = "deidentified", "At the desk"
    QUESTIONED = "questioned", "Questioned"
    RECEIVED = "received", "Received"
    HELD = "held", "Held"
    REJECTED = "rejected", "Rejected"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ABSENT = "absent", "Not available"
    NOT_DONE = "not-done", "Visit not done"
    NO_CONSENT = "no-consent", "Consent withdrawn"
    OVERDUE = "overdue", "Overdue"
    EXPECTED = "expected", "Expected"


# A view is shown in the first of these states that it has.
FURTHEST_FIRST = [status for status in ViewStatus.values if status in FilmStatus.values]
# The site still has to send a film: none was received, or none that can be used.
WANTED = frozenset({ViewStatus.OVERDUE, ViewStatus.REJECTED, ViewStatus.REFUSED, ViewStatus.WITHDRAWN})
# No more films have to arrive.
SETTLED = frozenset(
    {ViewStatus.READY, ViewStatus.ACCEPTED, ViewStatus.ABSENT, ViewStatus.NOT_DONE, ViewStatus.NO_CONSENT}
)


@dataclass(frozen=True)
class ViewState:
    """One of the four views of a visit."""

    side: str
    view: str
    status: ViewStatus
    reason: str = ""
    film: FilmRow | None = None

    @property
    def name(self) -> str:
        """The view in words."""
        return view_name(self.side, self.view)

    @property
    def short(self) -> str:
        """Two letters for a narrow cell."""
        return f"{self.side}{self.view[0].upper()}"


@dataclass(frozen=True)
class VisitState:
    """A visit with its four views, the films not yet assigned to a view, and its deviations from the plan."""

    subject: Subject
    visit: Visit
    window: tuple[date, date] | None
    views: tuple[ViewState, ...]
    unplaced: tuple[FilmRow, ...]
    days: tuple[date, ...]

    @property
    def withdrawn(self) -> bool:
        """Whether the subject withdrew consent, so that no film is accepted."""
        return withdrawn_on(self.subject) is not None

    @property
    def complete(self) -> bool:
        """Whether every view is accepted, recorded as not available, or not expected."""
        return all(view.status in SETTLED for view in self.views)

    @property
    def wanted(self) -> list[ViewState]:
        """The views that the site still has to send."""
        return [] if self.withdrawn else [view for view in self.views if view.status in WANTED]

    @property
    def days_off(self) -> int:
        """Days by which the first film is outside the window: negative when early, 0 when inside or unknown."""
        if self.window is None or not self.days:
            return 0
        first, last = self.window
        early, late = min(0, (self.days[0] - first).days), max(0, (self.days[-1] - last).days)
        return late or early

    @property
    def deviations(self) -> list[str]:
        """Each deviation from the plan in words."""
        return [*self._of_the_visit(), *self._of_the_films()]

    def _of_the_visit(self) -> Iterable[str]:
        if self.visit.not_done_reason:
            yield f"visit not done: {self.visit.not_done_reason}"
        if self.visit.plan is None:
            yield f"outside the plan: {self.visit.get_kind_display().lower()}"
        if self.days_off:
            yield f"{counted(abs(self.days_off), 'day')} {'after' if self.days_off > 0 else 'before'} the window"

    def _of_the_films(self) -> Iterable[str]:
        if len(self.days) > 1:
            yield f"films on {len(self.days)} days, {self.days[0]} to {self.days[-1]}"
        for view in self.views:
            if view.status == ViewStatus.ABSENT:
                yield f"{view.name} not available: {view.reason}"
            elif view.status in WANTED:
                yield f"{view.name} {view.status.label.lower()}"


def visit_states(subject: Subject, today: date) -> list[VisitState]:
    """The visits of one subject in the order of the plan, those outside it last."""
    visits = sorted(known(subject), key=lambda visit: (visit.plan is None, visit.plan and visit.plan.target_day))
    baseline = baseline_day(film for visit in visits for film in came(visit))
    return [visit_state(subject, visit, visit.window(baseline), today) for visit in visits]


def in_play(visit: Visit) -> list[FilmRow]:
    """The films of a visit that were not refused, rejected or withdrawn."""
    return [film for film in came(visit) if film.status not in OUT_OF_PLAY]


def film_days(films: Iterable[FilmRow]) -> list[date]:
    """The different days on which films were taken, in order."""
    return sorted({film.film_date for film in films if film.film_date})


def visit_state(subject: Subject, visit: Visit, window: tuple[date, date] | None, today: date) -> VisitState:
    """The state of one visit."""
    films, nothing = in_play(visit), without_film(subject, visit, window, today)
    return VisitState(
        subject=subject,
        visit=visit,
        window=window,
        views=tuple(view_state(visit, side, view, nothing) for side, view in EXPECTED),
        unplaced=tuple(film for film in films if not film.side or not film.view),
        days=tuple(film_days(films)),
    )


def view_state(visit: Visit, side: str, view: str, nothing: ViewStatus) -> ViewState:
    """The state of the film that has advanced furthest, or why there is none; `nothing` if no reason is recorded."""
    films = [film for film in came(visit) if film.view == view and film.side in (side, "B")]
    if films:
        best = min(films, key=lambda film: (FURTHEST_FIRST.index(film.status), not film.designated))
        return ViewState(side, view, ViewStatus(best.status), best.status_reason, best)
    for absent in given_up(visit):
        if (absent.side, absent.view) == (side, view):
            return ViewState(side, view, ViewStatus.ABSENT, absent.reason)
    if visit.not_done_reason:
        return ViewState(side, view, ViewStatus.NOT_DONE, visit.not_done_reason)
    return ViewState(side, view, nothing)


def without_film(subject: Subject, visit: Visit, window: tuple[date, date] | None, today: date) -> ViewStatus:
    """The state of a view without any film or record."""
    withdrawn = withdrawn_on(subject)
    if withdrawn and visit.plan is None and not came(visit):
        return ViewStatus.NO_CONSENT
    if overdue(visit, window, min(today, withdrawn or today)):
        return ViewStatus.OVERDUE
    return ViewStatus.NO_CONSENT if withdrawn else ViewStatus.EXPECTED


def overdue(visit: Visit, window: tuple[date, date] | None, today: date) -> bool:
    """Whether the window has passed; a visit outside the plan is known only because it took place."""
    if visit.plan is None:
        return True
    return window is not None and today > window[1]
