"""Films, questions and reads by site and month, for people who follow a trial: counts, no score and no order.

No adjudication is counted by site: only primary reads are, and scoring.adjudication_rates is about whole campaigns.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import TruncMonth
from django.utils import timezone

from config.natural import natural_key
from reading.campaigns.case_seals import identities
from reading.models import Case, Read, ReadKind, ReadStatus
from studies.models import AbsentFilm, Film, Question, QuestionStatus, Site, Subject, Trial
from studies.models.film import FOUND_GOOD
from studies.plan.tally import VIEWS, States, Tally, VisitRow, baselines_of, plain_tally, tally_of

# A site and the first day of a month; None for visits without a known day.
SiteAndMonth = tuple[int, date | None]
CountsByPlace = dict[SiteAndMonth, int]
NO_DAY = "No date yet"


@dataclass
class SiteMonth:
    """One site in one month.

    Films are expected, and deviations counted, in the month in which the window of the visit ends. Films accepted are
    those received in the month; questions are those opened in it.
    """

    site: str
    month: date | None
    expected: int = 0
    deviating: int = 0
    received: int = 0
    accepted: int = 0
    questions: int = 0
    open: int = 0
    oldest: int | None = None
    reads: int = 0

    @property
    def place(self) -> str:
        """Where the site is among the others."""
        return natural_key(self.site)

    @property
    def month_in_words(self) -> str:
        """Year and month in sortable form."""
        return NO_DAY if self.month is None else f"{self.month:%Y-%m}"


def site_months(trial: Trial, today: date) -> list[SiteMonth]:
    """A row for each site and month with anything in it, the newest month first."""
    sites = {site.pk: site.code for site in Site.objects.filter(trial=trial)}
    counts = {**of_visits(trial, today), **of_films(trial), **of_questions(trial, today), "reads": signed_reads(trial)}
    rows: dict[SiteAndMonth, SiteMonth] = {}
    for name, found in counts.items():
        for (site, month), number in found.items():
            row = rows.setdefault((site, month), SiteMonth(sites[site], month))
            setattr(row, name, number)
    return sorted(rows.values(), key=lambda row: (row.month is None, -(row.month or today).toordinal(), row.place))


def of_visits(trial: Trial, today: date) -> dict[str, CountsByPlace]:
    """Films expected, as on the overview, and visits with a deviation, as on the page of completeness."""
    expected, deviating = defaultdict[SiteAndMonth, int](int), defaultdict[SiteAndMonth, int](int)
    absent = AbsentFilm.objects.filter(visit__subject__trial=trial, withdrawn_at=None).order_by()
    given_up = dict(absent.values_list("visit").annotate(Count("pk")))
    states = States(trial, today)
    baselines, site_of, loaded = baselines_of(states.rows), sites_of(trial), tallies_of(states)
    for row in states.rows:
        window = row.window(baselines.get(row.subject))
        place = site_of[row.subject], month_of_visit(row, window)
        counts = plain_tally(row, window, today) if row.is_plain else loaded[row.pk]
        expected[place] += 0 if row.not_done else VIEWS - given_up.get(row.pk, 0) - counts.films_not_expected
        deviating[place] += counts.deviating
    return {"expected": expected, "deviating": deviating}


def sites_of(trial: Trial) -> dict[int, int]:
    """The site of each subject."""
    return dict(Subject.objects.filter(trial=trial).values_list("pk", "site"))


def tallies_of(states: States) -> dict[int, Tally]:
    """The counts of each visit that needs its films; these are loaded with their films."""
    loaded = states.loaded([row for row in states.rows if not row.is_plain])
    return {state.visit.pk: tally_of([state]) for state in loaded}


def month_of_visit(row: VisitRow, window: tuple[date, date] | None) -> date | None:
    """The month in which the window ends; without one, the month of the first film."""
    day = window[1] if window else row.first
    return day.replace(day=1) if day else None


def of_films(trial: Trial) -> dict[str, CountsByPlace]:
    """Films by the month in which they were received."""
    films = Film.objects.filter(trial=trial)
    return {
        "received": by_month(films, "received_at", Count("pk")),
        "accepted": by_month(films.filter(status__in=FOUND_GOOD), "received_at", Count("pk")),
    }


def of_questions(trial: Trial, today: date) -> dict[str, CountsByPlace]:
    """Questions by the month in which they were opened, and the age in days of the oldest that is not closed."""
    asked = Question.objects.filter(trial=trial)
    still = asked.exclude(status=QuestionStatus.CLOSED)
    oldest = by_month(still, "opened_at", Min("opened_at"))
    return {
        "questions": by_month(asked, "opened_at", Count("pk")),
        "open": by_month(still, "opened_at", Count("pk")),
        "oldest": {place: (today - timezone.localdate(first)).days for place, first in oldest.items()},
    }


def by_month(rows: Any, moment: str, what: Any) -> dict[SiteAndMonth, Any]:
    """An aggregate of the rows of each site by the month of a moment."""
    found = rows.order_by().annotate(month=TruncMonth(moment)).values("site", "month").annotate(found=what)
    return {(row["site"], row["month"].date()): row["found"] for row in found}


def signed_reads(trial: Trial) -> CountsByPlace:
    """The signed primary reads, by the site of the case; training does not count."""
    cases = list(Case.objects.live().filter(campaign__trial=trial, campaign__training=None))
    subject_of, site_of = {case: films.subject for case, films in identities(cases).items()}, sites_of(trial)
    signed = Read.objects.filter(case__in=cases, kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    counts = defaultdict[SiteAndMonth, int](int)
    for case, at in signed.order_by().values_list("case", "signed_at"):
        counts[site_of[subject_of[case]], month_of(at)] += 1
    return counts


def month_of(at: datetime | None) -> date | None:
    """The first day of the month."""
    return None if at is None else timezone.localdate(at).replace(day=1)
