"""The home page shows every role of a person and its open tasks, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.navigation import TrialRole, places_of
from accounts.roles import Role
from accounts.waiting import waiting_at
from studies.models import Film, FilmStatus, Membership, Question
from tests.cast import Cast


def place_of(cast: Cast, who: str, trial: str = "RA-1") -> tuple[int, TrialRole]:
    user = cast.user(who, trial)
    (place,) = places_of(user.pk)
    return user.pk, place


def waiting(cast: Cast, who: str, trial: str = "RA-1") -> dict[str, tuple[int, bool]]:
    return {found.label: (found.count, found.urgent) for found in waiting_at(*place_of(cast, who, trial))}


def film(cast: Cast, status: FilmStatus, site: str = "01") -> Film:
    name = f"{status}-{site}"
    return Film.objects.create(
        trial=cast.trial,
        site=cast.site(site),
        status=status,
        original_name=name,
        original_file=name,
        size=1,
        sha256=name,
    )


def test_questions_and_held_films_wait_for_their_own_site_alone(cast: Cast) -> None:
    Question.objects.create(trial=cast.trial, site=cast.site("01"))
    Question.objects.create(trial=cast.trial, site=cast.site("01"), due_on=date(2020, 1, 1))
    film(cast, FilmStatus.HELD)
    assert waiting(cast, "site") == {
        "Questions overdue": (1, True),
        "Questions to answer": (1, False),
        "Films to complete": (1, False),
    }
    assert waiting(cast, "site.two") == waiting(cast, "site", "RA-2") == {}


def test_films_at_the_desk_wait_for_the_coordinator_of_their_trial(cast: Cast) -> None:
    film(cast, FilmStatus.DEIDENTIFIED)
    assert waiting(cast, "coordinator") == {"Films at the desk": (1, False)}
    assert waiting(cast, "coordinator", "RA-2") == {}


def test_every_number_leads_to_a_page_that_opens(cast: Cast) -> None:
    Question.objects.create(trial=cast.trial, site=cast.site("01"), due_on=date(2020, 1, 1))
    film(cast, FilmStatus.HELD)
    film(cast, FilmStatus.DEIDENTIFIED)
    for who in ("site", "coordinator"):
        for found in waiting_at(*place_of(cast, who)):
            assert cast.client(who).get(found.url).status_code == 200


def test_somebody_without_work_is_informed(cast: Cast) -> None:
    assert "You have no open tasks here." in cast.client("auditor").get("/").content.decode()


def test_somebody_without_a_role_learns_what_to_wait_for(cast: Cast) -> None:
    page = cast.client("outsider").get("/").content.decode()
    assert "You have no role in a trial yet." in page
    assert "RA-1" not in page


def test_a_person_of_two_trials_sees_both(cast: Cast) -> None:
    reader = cast.user("reader")
    Membership.objects.create(trial=cast.trials["RA-2"], user=reader, role=Role.SPONSOR, reason="cast")
    page = cast.client("reader").get("/").content.decode()
    assert "RA-1" in page
    assert "RA-2" in page


def test_the_start_page_of_a_reader_asks_for_no_site(cast: Cast) -> None:
    client = cast.client("reader")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/")
    asked = " ".join(query["sql"] for query in queries.captured_queries)
    assert "studies_membership" in asked
    for table in ("studies_site", "studies_subject", "studies_visit", "studies_film"):
        assert table not in asked


def test_the_menu_marks_one_entry(cast: Cast) -> None:
    for address, label in (
        ("/read/", "Your cases"),
        ("/read/past/", "Cases you signed"),
        ("/read/training/", "Your training"),
        ("/read/guide/", "Reading guide"),
    ):
        page = cast.client("reader").get(address).content.decode()
        assert re.findall(r'aria-current="page">([^<]+)<', page) == [label]
