"""Of a subject who withdrew consent, only films overdue on that day are expected; every page says the same."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from scoring.site_months import site_months
from studies.models import ConsentWithdrawal, FilmStatus
from studies.plan.completeness import ViewStatus, visit_states
from studies.plan.consent import correct_withdrawal, record_withdrawal
from studies.plan.known_visits import subjects_with_visits
from studies.plan.progress import standing
from studies.plan.still_to_come import still_to_come
from studies.plan.tally import States
from tests.studies.planned import Planned, film_of

TODAY = timezone.localdate()
BASELINE = TODAY - timedelta(days=200)
BEFORE_WEEK_24, AFTER_WEEK_24 = BASELINE + timedelta(days=100), BASELINE + timedelta(days=183)
SAYS = "1 subject withdrew consent. Films that were not yet overdue on the day of withdrawal are not expected."


@pytest.fixture
def ra1(ra1: Planned) -> Planned:
    """The first subject had three films of baseline accepted and one rejected; the window of week 24 is over."""
    for side, view in (("L", "hand"), ("R", "hand"), ("L", "foot")):
        film_of(ra1.visit(), side, view, status=FilmStatus.READY, film_date=BASELINE)
    film_of(ra1.visit(), "R", "foot", status=FilmStatus.REJECTED, status_reason="cut off", film_date=BASELINE)
    return ra1


def withdraw(ra1: Planned, day: date) -> ConsentWithdrawal:
    coordinator = ra1.actor("coordinator")
    return record_withdrawal(
        subject=ra1.subjects[0], withdrawn_on=day, statement="All films", instruction="", actor=coordinator
    )


def page(ra1: Planned, role: str, path: str) -> str:
    """The text of a page, or of its CSV file."""
    answer = ra1.client(role).get(ra1.url(path))
    content = b"".join(answer) if answer.streaming else answer.content
    return " ".join(content.decode("utf-8-sig").split()) if "csv" not in path else content.decode("utf-8-sig")


def views_of(ra1: Planned, visit: str) -> list[str]:
    """The states of the four views of a visit of the first subject."""
    subject = subjects_with_visits(ra1.trial).get(code="01-001")
    (state,) = [state for state in visit_states(subject, TODAY) if state.visit.code == visit]
    return [view.status for view in state.views]


def test_films_that_were_due_after_the_withdrawal_are_neither_expected_nor_overdue(ra1: Planned) -> None:
    assert (standing(ra1.trial, TODAY).films_expected, States(ra1.trial, TODAY).tally().films_overdue) == (16, 4)
    held = withdraw(ra1, BEFORE_WEEK_24)
    assert views_of(ra1, "BL") == ["ready", "ready", "ready", "rejected"]
    assert views_of(ra1, "W24") == [ViewStatus.NO_CONSENT] * 4
    stands, tally = standing(ra1.trial, TODAY), States(ra1.trial, TODAY).tally()
    assert (stands.films_expected, stands.films_come, stands.subjects_withdrawn) == (12, 4, 1)
    assert standing(ra1.trial, TODAY, ra1.sites[0]).films_expected == 4
    assert (tally.films_overdue, tally.films_accepted, tally.films_not_expected) == (0, 3, 4)
    assert sum(row.expected for row in site_months(ra1.trial, TODAY)) == 12
    assert still_to_come(ra1.trial, TODAY, ra1.sites[0]).all == 0
    correct_withdrawal(withdrawal=held, reason="Another subject was meant", actor=ra1.actor("coordinator"))
    assert standing(ra1.trial, TODAY).films_expected == 16


def test_films_that_were_overdue_on_the_day_of_the_withdrawal_stay_overdue_but_are_not_asked_for(ra1: Planned) -> None:
    withdraw(ra1, AFTER_WEEK_24)
    assert views_of(ra1, "W24") == [ViewStatus.OVERDUE] * 4
    stands, tally = standing(ra1.trial, TODAY), States(ra1.trial, TODAY).tally()
    assert (stands.films_expected, tally.films_overdue, tally.films_not_expected) == (16, 4, 0)
    assert still_to_come(ra1.trial, TODAY, ra1.sites[0]).all == 0
    assert "left hand overdue" in page(ra1, "sponsor", "completeness/")


def test_every_page_that_counts_films_says_how_many_subjects_withdrew(ra1: Planned) -> None:
    pages = (("coordinator", ""), ("site 01", "site/"), ("sponsor", "completeness/"), ("sponsor", "sites-by-month/"))
    assert [path for role, path in pages if "withdrew consent" in page(ra1, role, path)] == []
    withdraw(ra1, BEFORE_WEEK_24)
    assert [path for role, path in pages if SAYS not in page(ra1, role, path)] == []
    assert "withdrew consent" not in page(ra1, "site 02", "site/")


def test_the_files_of_these_pages_say_the_same(ra1: Planned) -> None:
    withdraw(ra1, BEFORE_WEEK_24)
    rows = list(csv.DictReader(io.StringIO(page(ra1, "sponsor", "completeness/?format=csv"))))
    (late,) = [row for row in rows if (row["Subject"], row["Visit"]) == ("01-001", "W24")]
    assert (late["Left foot"], late["Films"], late["Visit deviations"]) == ("Consent withdrawn", "Complete", "")
    assert "W24 LH consent withdrawn" in page(ra1, "site 01", "site/?format=csv")
    months = csv.DictReader(io.StringIO(page(ra1, "sponsor", "sites-by-month/?format=csv")))
    assert sum(int(row["Films expected"]) for row in months) == 12


def test_the_page_of_a_site_offers_no_upload_for_a_subject_who_withdrew(ra1: Planned) -> None:
    upload = f'href="/trials/RA-1/site/upload/?visit={ra1.visit(0, "W24").pk}"'
    assert upload in page(ra1, "site 01", "site/")
    withdraw(ra1, BEFORE_WEEK_24)
    assert upload not in page(ra1, "site 01", "site/")
