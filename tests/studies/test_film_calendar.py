"""The calendar of expected films, and reminders to the sites whose films are overdue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Event
from jobs.carrying import run_due_jobs
from studies.models import Film, Membership, Visit
from studies.plan.film_calendar import DueMonth, DueStatus, FilmCalendar
from tests.studies.planned import Planned, film_of

TODAY = timezone.localdate()
LONG_AGO = TODAY - timedelta(days=200)
FOUR = [("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot")]


def came(visit: Visit, day: date, status: str = "ready") -> list[Film]:
    """All four films of a visit."""
    return [film_of(visit, side, view, status=status, film_date=day) for side, view in FOUR]


def listed(planned: Planned, role: str, path: str, **query: str) -> list[dict[str, str]]:
    """The rows of the list as CSV."""
    page: Any = planned.client(role).get(planned.url(path), {"format": "csv", **query})
    lines = page.getvalue().decode("utf-8-sig").splitlines()
    names = lines[0].split(",")
    return [dict(zip(names, line.split(",", len(names) - 1), strict=True)) for line in lines[1:]]


def test_each_visit_is_listed_with_its_window_until_all_its_films_have_come(ra1: Planned) -> None:
    came(ra1.visit(), LONG_AGO)
    calendar = FilmCalendar(ra1.trial, TODAY)
    found = [(state.subject.code, state.visit.code, calendar.status_of(row)) for row, state in pairs(calendar)]
    assert found[0] == ("01-001", "W24", DueStatus.OVERDUE)
    assert ("02-001", "BL", DueStatus.UNKNOWN) in found
    assert ("01-001", "BL") not in [(subject, visit) for subject, visit, _ in found]
    end = LONG_AGO + timedelta(days=182)
    assert DueMonth(end.replace(day=1), 1, 1) in calendar.months()


def pairs(calendar: FilmCalendar) -> list[tuple[Any, Any]]:
    return list(zip(calendar.rows, calendar, strict=True))


def test_the_window_says_whether_a_visit_is_due(ra1: Planned) -> None:
    came(ra1.visit(), LONG_AGO)
    row = FilmCalendar(ra1.trial, TODAY).rows[0]
    begin, end = LONG_AGO + timedelta(days=154), LONG_AGO + timedelta(days=182)
    for day, status in (
        (begin - timedelta(days=1), DueStatus.LATER),
        (begin, DueStatus.OPEN),
        (end, DueStatus.OPEN),
        (end + timedelta(days=1), DueStatus.OVERDUE),
    ):
        assert FilmCalendar(ra1.trial, day).status_of(row) == status, day


def test_a_refused_film_is_expected_again_and_says_so(ra1: Planned) -> None:
    films = came(ra1.visit(), LONG_AGO)
    Film.objects.filter(pk=films[0].pk).update(status="refused", status_reason="not a radiograph")
    (row,) = [row for row in listed(ra1, "site 01", "site/calendar/") if row["Visit"] == "BL"]
    assert row["Films expected"] == "left hand (refused)"


def test_films_at_the_desk_that_have_no_view_yet_are_not_expected_again(ra1: Planned) -> None:
    """Four scans without side and view: the site can do nothing more, however late the desk is."""
    came(ra1.visit(), LONG_AGO)
    scans = [film_of(ra1.visit(code="W24"), "", "", status="deidentified", film_date=TODAY) for _ in range(4)]
    shown = {row["Visit"] for row in listed(ra1, "site 01", "site/calendar/")}
    assert "W24" not in shown
    Film.objects.filter(pk=scans[0].pk).update(status="rejected")
    assert "W24" in {row["Visit"] for row in listed(ra1, "site 01", "site/calendar/")}


def test_a_site_without_people_is_not_reminded(overdue: Planned) -> None:
    Membership.objects.filter(site=overdue.sites[0]).update(revoked_at=timezone.now())
    page = overdue.client("coordinator").post(overdue.url("calendar/remind/"), follow=True).content.decode()
    assert "No reminder was sent." in page


def test_what_is_not_done_or_withdrawn_from_is_not_expected(ra1: Planned) -> None:
    came(ra1.visit(), LONG_AGO)
    Visit.objects.exclude(pk=ra1.visit().pk).update(not_done_reason="moved away")
    assert list(FilmCalendar(ra1.trial, TODAY)) == []
    page = ra1.client("coordinator").get(ra1.url("calendar/")).content.decode()
    assert "No films are expected at the moment." in page


def test_a_site_sees_its_own_visits_only_and_no_other_site(ra1: Planned) -> None:
    assert {row["Subject"] for row in listed(ra1, "site 02", "site/calendar/")} == {"02-001"}
    assert {row["Subject"] for row in listed(ra1, "coordinator", "calendar/")} == {"01-001", "02-001"}
    assert {row["Subject"] for row in listed(ra1, "coordinator", "calendar/", site="01")} == {"01-001"}


def test_the_months_lead_to_their_visits(ra1: Planned) -> None:
    came(ra1.visit(), LONG_AGO)
    end = LONG_AGO + timedelta(days=182)
    first = end.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    link = f"last_day-from={first}&amp;last_day-to={last}"
    assert link in ra1.client("coordinator").get(ra1.url("calendar/")).content.decode()
    rows = listed(ra1, "coordinator", "calendar/", **{"last_day-from": str(first), "last_day-to": str(last)})
    assert [row["Window ends"] for row in rows] == [str(end)]


@pytest.fixture
def overdue(ra1: Planned) -> Planned:
    came(ra1.visit(), LONG_AGO)
    return ra1


def test_sites_with_overdue_films_get_one_mail_a_day_without_subjects_and_visits(overdue: Planned) -> None:
    client = overdue.client("coordinator")
    for said in (
        "Reminders requested for 1 site.",
        "No reminder was sent.",
    ):
        assert said in client.post(overdue.url("calendar/remind/"), follow=True).content.decode()
        run_due_jobs()
    (sent,) = mail.outbox
    assert sent.subject == "RA-1: films of 1 visit are overdue"
    assert "/trials/RA-1/site/calendar/" in sent.body
    assert "01-001" not in sent.body
    assert "W24" not in sent.body
    assert sent.bcc == [overdue.people["site 01"].email]
    recorded = Event.objects.filter(action="studies.sites.reminded")
    assert [event.content["details"]["sites"] for event in recorded] == [1]


def test_nobody_is_reminded_of_films_that_are_not_overdue(ra1: Planned) -> None:
    page = ra1.client("coordinator").post(ra1.url("calendar/remind/"), follow=True).content.decode()
    assert "No reminder was sent." in page
    assert not Event.objects.filter(action="studies.sites.reminded").exists()
