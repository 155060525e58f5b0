"""A site's pages: its own subjects, films and questions with what became of each, and nothing of anybody else's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studies.models import Film, FilmStatus, Question
from studies.plan.subjects import enrol
from studies.questions.threads import ask, close
from tests.studies.planned import SETTING_UP, Planned, film_of


@pytest.fixture
def site(ra1: Planned) -> Client:
    """The browser of somebody at site 01."""
    return ra1.client("site 01")


def page(ra1: Planned, client: Client, path: str) -> str:
    """A page that opens."""
    answer = client.get(ra1.url(path))
    assert answer.status_code == 200, path
    return b"".join(answer).decode()


def asked(ra1: Planned, film: Film) -> Question:
    """A question about the film."""
    return ask(trial=ra1.trial, text="Which side is it?", film=film, actor=ra1.actor("coordinator"))


def test_the_first_page_shows_what_waits_for_the_site(ra1: Planned, site: Client) -> None:
    film_of(ra1.visit(), status="held", status_reason="The file has no date.", original_name="hand.dcm")
    question = asked(ra1, film_of(ra1.visit(), "R"))
    shown = page(ra1, site, "site/")
    assert "The file has no date." in shown
    assert f"Question {question.pk}, subject 01-001" in shown
    assert "<strong>8</strong><span>films expected</span>" in shown


def test_each_visit_leads_to_sending_its_films(ra1: Planned, site: Client) -> None:
    assert f"{ra1.url('site/upload/')}?visit={ra1.visit().pk}" in page(ra1, site, "site/")


def test_rejected_films_are_listed_with_their_reason(ra1: Planned, site: Client) -> None:
    film_of(ra1.visit(), status="rejected", status_reason="Joints are cut off", original_name="hand.dcm")
    film_of(ra1.visit(), "R", status="ready", original_name="other.dcm")
    shown = page(ra1, site, "site/films/?status=rejected")
    assert "Joints are cut off" in shown
    assert "hand.dcm" in shown
    assert "other.dcm" not in shown


def test_the_page_of_a_film_offers_to_replace_it_until_it_was(ra1: Planned, site: Client) -> None:
    film = film_of(ra1.visit(), status="rejected")
    assert "Replace this film" in page(ra1, site, f"site/films/{film.pk}/")
    newer = film_of(ra1.visit(), replaces=film, original_name="newer.dcm")
    shown = page(ra1, site, f"site/films/{film.pk}/")
    assert "Replace this film" not in shown
    assert "newer.dcm" in shown
    assert "Replaces" in page(ra1, site, f"site/films/{newer.pk}/")


def test_a_held_film_is_completed_on_its_page(ra1: Planned, site: Client) -> None:
    film = film_of(ra1.visit(), status="held", film_date=None)
    Film.objects.filter(pk=film.pk).update(visit=None, subject=None)
    typed = {"visit": ra1.visit(0, "W24").pk, "film_date": "2024-09-01"}
    site.post(ra1.url(f"site/films/{film.pk}/"), typed)
    film.refresh_from_db()
    assert (film.status, film.visit) == (FilmStatus.RECEIVED, ra1.visit(0, "W24"))


def test_a_held_film_is_not_completed_with_anothers_visit_or_without_a_date(ra1: Planned, site: Client) -> None:
    film = film_of(ra1.visit(), status="held")
    for typed in ({"visit": ra1.visit(1).pk, "film_date": "2024-09-01"}, {"visit": ra1.visit().pk, "film_date": ""}):
        assert site.post(ra1.url(f"site/films/{film.pk}/"), typed).status_code == 400
    film.refresh_from_db()
    assert film.status == FilmStatus.HELD


def test_a_film_that_is_not_held_is_not_completed(ra1: Planned, site: Client) -> None:
    film = film_of(ra1.visit(), status="ready")
    answer = site.post(ra1.url(f"site/films/{film.pk}/"), {"visit": ra1.visit().pk, "film_date": "2024-09-01"})
    assert answer.status_code == 400
    assert "Only a film that is held for its site can be completed" in answer.content.decode()


def test_a_closed_question_cannot_be_answered(ra1: Planned, site: Client) -> None:
    question = asked(ra1, film_of(ra1.visit()))
    close(question=question, actor=ra1.actor("coordinator"))
    assert "has closed this question" in page(ra1, site, f"site/questions/{question.pk}/")
    answer = site.post(ra1.url(f"site/questions/{question.pk}/"), {"message": "Left."})
    assert answer.status_code == 400
    assert question.messages.count() == 1


def test_nothing_of_another_site_is_shown_or_touched(ra1: Planned, site: Client) -> None:
    other = film_of(ra1.visit(1), status="held", original_name="CANARY.dcm")
    question = asked(ra1, other)
    for path in ("site/", "site/films/", "site/films/?format=csv", "site/questions/", "site/upload/"):
        shown = page(ra1, site, path)
        assert "CANARY" not in shown, path
        assert "02-001" not in shown, path
    for path in (f"site/films/{other.pk}/", f"site/questions/{question.pk}/"):
        assert site.get(ra1.url(path)).status_code == 404, path
    assert site.post(ra1.url(f"site/films/{other.pk}/day/"), {"film_date": "2024-03-01"}).status_code == 404


def test_a_site_sees_no_page_of_the_coordinator(ra1: Planned, site: Client) -> None:
    film = film_of(ra1.visit())
    for path in ("visits/", "films/", f"films/{film.pk}/", "questions/", "completeness/", "people/", "set-up/"):
        assert site.get(ra1.url(path)).status_code == 403, path


def test_a_text_a_spreadsheet_would_calculate_is_made_harmless(ra1: Planned, site: Client) -> None:
    film_of(ra1.visit(), status="held", status_reason="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in page(ra1, site, "site/films/?format=csv")


@pytest.mark.parametrize("path", ["site/", "site/films/", "site/questions/", "site/upload/"])
def test_ten_times_the_rows_need_no_more_questions_to_the_database(ra1: Planned, site: Client, path: str) -> None:
    counts = []
    for upto in (3, 30):
        for number in range(ra1.sites[0].subjects.count(), upto):
            subject = enrol(trial=ra1.trial, site=ra1.sites[0], code=f"S-{number}", actor=SETTING_UP)
            visit = subject.visits.select_related("subject__trial", "subject__site").earliest("pk")
            asked(ra1, film_of(visit, status="held"))
        page(ra1, site, path)
        with CaptureQueriesContext(connection) as queries:
            page(ra1, site, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
