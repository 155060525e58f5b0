"""The films that are due, on the start pages of those who wait for them and of those who send them."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from accounts.waiting import Waiting
from studies.models import Visit
from studies.plan.still_to_come import still_to_come
from tests.studies.planned import Planned, film_of

TODAY = timezone.localdate()


def to_come(planned: Planned, role: str, path: str) -> list[str]:
    """The entries of the list on a start page, as one line of text each."""
    page = planned.client(role).get(planned.url(path)).content.decode()
    card = page.partition("<h2>Expected films</h2>")[2].partition("</section>")[0]
    entries = re.findall(r"<li>(.*?)</li>", card, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", entry).split()) for entry in entries]


def tasks(planned: Planned, role: str) -> list[Waiting]:
    """The open tasks of a person on their start page."""
    return [one for _, waiting in planned.client(role).get("/").context["places"] for one in waiting]


def waiting(planned: Planned, role: str) -> dict[str, int]:
    """How many visits with films they count."""
    return {one.label: one.count for one in tasks(planned, role) if one.label.startswith("Visits")}


def test_before_anything_has_come_the_baseline_films_are_expected_and_the_home_page_counts_them(ra1: Planned) -> None:
    views = "left hand, right hand, left foot, right foot"
    assert to_come(ra1, "site 01", "site/") == [f"Subject 01-001, BL Expected {views}"]
    assert [line[:19] for line in to_come(ra1, "coordinator", "")] == ["Subject 01-001, BL ", "Subject 02-001, BL "]
    upload = f"/trials/RA-1/site/upload/?visit={ra1.visit().pk}"
    assert f'href="{upload}"' in ra1.client("site 01").get(ra1.url("site/")).content.decode()
    assert ra1.client("site 01").get(upload).status_code == 200
    for role, label, count in (
        ("site 01", "Visits with films to send", 1),
        ("coordinator", "Visits with expected films", 2),
    ):
        home = " ".join(re.sub(r"<[^>]*>", " ", ra1.client(role).get("/").content.decode()).split())
        assert f"{count} {label}" in home or f"{label} {count}" in home, home


def test_overdue_films_come_first_and_a_refused_film_keeps_its_subject_and_visit(ra1: Planned) -> None:
    """The baseline was so long ago that the window of week 24 is over."""
    long_ago = TODAY - timedelta(days=200)
    for side, view in (("L", "hand"), ("R", "hand"), ("L", "foot")):
        film_of(ra1.visit(), side, view, status="ready", film_date=long_ago)
    film_of(ra1.visit(), "R", "foot", status="refused", status_reason="not a radiograph", film_date=long_ago)
    assert to_come(ra1, "site 01", "site/") == [
        f"Subject 01-001, BL window ends {long_ago} To be resent right foot: not a radiograph",
        f"Subject 01-001, W24 window ends {long_ago + timedelta(days=182)} Overdue "
        "left hand, right hand, left foot, right foot",
    ]
    assert {role: waiting(ra1, role) for role in ("site 01", "coordinator")} == {
        "site 01": {"Visits with overdue films": 2},
        "coordinator": {"Visits with overdue films": 2, "Visits with expected films": 1},
    }
    (page,) = (one.url for one in tasks(ra1, "coordinator") if one.label == "Visits with overdue films")
    assert ra1.client("coordinator").get(page).context["listing"].count == 2
    film_of(ra1.visit(), "R", "foot", status="ready", film_date=long_ago)
    assert [line[:19] for line in to_come(ra1, "site 01", "site/")] == ["Subject 01-001, W24"]
    assert [line[:10] for line in to_come(ra1, "site 02", "site/")] == ["Subject 02"]


def test_a_visit_that_was_missed_or_whose_window_has_not_begun_is_not_due(ra1: Planned) -> None:
    for side, view in (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot")):
        film_of(ra1.visit(), side, view, status="ready", film_date=TODAY)
    Visit.objects.filter(subject=ra1.subjects[1]).update(not_done_reason="moved away")
    assert still_to_come(ra1.trial, TODAY).visits == []
    assert "No films are due at the moment." in ra1.client("coordinator").get(ra1.url()).content.decode()


def test_beyond_ten_visits_the_rest_is_counted(ra1: Planned) -> None:
    for number in range(12):
        Visit.objects.create(subject=ra1.subjects[0], code=f"U{number:02}", kind="unscheduled")
    found = still_to_come(ra1.trial, TODAY, ra1.sites[0])
    assert (len(found.visits), found.all, found.more) == (10, 13, 3)


def test_the_number_of_refused_or_rejected_films_leads_to_the_same_number_of_films(ra1: Planned) -> None:
    film_of(ra1.visit(), "L", "hand", status="refused", status_reason="not a radiograph", film_date=TODAY)
    film_of(ra1.visit(), "R", "hand", status="rejected", status_reason="positioning", film_date=TODAY)
    film_of(ra1.visit(), "L", "foot", status="ready", film_date=TODAY)
    for role, path in (("site 01", "site/"), ("coordinator", "")):
        client = ra1.client(role)
        ((number, address),) = [
            (number, url)
            for label, number, _, url in client.get(ra1.url(path)).context["tiles"]
            if label == "refused or rejected"
        ]
        assert (number, client.get(address).context["listing"].count) == (2, 2)
