"""Films, deliveries, questions and completeness as programs read them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studies.models import Film, FilmStatus, Transmittal, TransmittalEntry
from studies.plan.absences import record_absence
from studies.questions.threads import ask
from tests.api.programs import Program, enrol_many, program_of
from tests.api.test_plan import assert_problem
from tests.studies.planned import Planned, film_of


@pytest.fixture
def program(ra1: Planned) -> Program:
    return program_of(ra1.trial, "coordinator")


def test_films_are_sent_without_file_names_and_headers(ra1: Planned, program: Program) -> None:
    film = film_of(ra1.visit(), header={"PatientName": "MUSTERMANN^ERIKA"})
    film_of(ra1.visit(1), status=FilmStatus.READY, side="R")
    (found,) = program.every("trials/RA-1/films", subject="01-001")
    assert found["id"] == film.pk
    assert (found["subject"], found["visit"], found["side"], found["view"]) == ("01-001", "BL", "L", "hand")
    assert found["film_date"] == "2024-03-01"
    assert "MUSTERMANN" not in program.get("trials/RA-1/films").text
    assert program.get(f"trials/RA-1/films/{film.pk}").json() == found
    assert [one["side"] for one in program.every("trials/RA-1/films", status="ready")] == ["R"]


def test_a_film_without_a_subject_is_sent_too(ra1: Planned, program: Program) -> None:
    film_of(ra1.visit(), subject=None, status=FilmStatus.HELD, film_date=None)
    Film.objects.update(visit=None)
    (found,) = program.every("trials/RA-1/films")
    assert (found["subject"], found["visit"], found["film_date"]) == (None, None, None)


def test_a_status_that_does_not_exist_is_refused_with_those_that_do(program: Program) -> None:
    answer = program.get("trials/RA-1/films", status="lost")
    assert_problem(answer, 400)
    assert "“ready”" in answer.json()["detail"]


def test_deliveries_are_counted_by_the_outcome_of_their_files(ra1: Planned, program: Program) -> None:
    sent = Transmittal.objects.create(trial=ra1.trial, site=ra1.sites[0], channel="stow", token="t")
    for outcome in ("filed", "filed", "refused"):
        TransmittalEntry.objects.create(transmittal=sent, name="MUSTERMANN.dcm", size=1, outcome=outcome)
    (found,) = program.every("trials/RA-1/deliveries")
    assert [found[name] for name in ("site", "filed", "duplicate", "refused")] == ["01", 2, 0, 1]
    assert program.every("trials/RA-1/deliveries", site="02") == []


def test_questions_are_sent_with_their_messages(ra1: Planned, program: Program) -> None:
    ask(trial=ra1.trial, text="Which side is it?", subject=ra1.subjects[0], actor=ra1.actor("coordinator"))
    (found,) = program.every("trials/RA-1/questions", status="open")
    assert (found["site"], found["subject"], found["film"]) == ("01", "01-001", None)
    assert [message["text"] for message in found["messages"]] == ["Which side is it?"]
    assert program.every("trials/RA-1/questions", status="closed") == []


def test_completeness_says_of_each_visit_what_its_page_says(ra1: Planned) -> None:
    film_of(ra1.visit(), status=FilmStatus.READY, film_date=date(2024, 3, 1))
    record_absence(visit=ra1.visit(), side="R", view="foot", reason="plaster cast", actor=ra1.actor("coordinator"))
    sponsor = program_of(ra1.trial, "sponsor")
    (found,) = sponsor.every("trials/RA-1/completeness", subject="01-001")
    baseline, later = found["visits"]
    assert (found["site"], baseline["code"], later["code"]) == ("01", "BL", "W24")
    assert [view["status"] for view in baseline["views"]] == ["ready", "overdue", "overdue", "absent"]
    assert baseline["window"] == ["2024-02-02", "2024-03-01"]
    assert "right foot not available: plaster cast" in baseline["deviations"]
    assert baseline["complete"] is False


LISTS = ["films", "deliveries", "questions", "completeness"]


@pytest.mark.parametrize("path", LISTS)
def test_these_lists_ask_the_database_the_same_number_of_times_whatever_their_size(
    ra1: Planned, program: Program, path: str
) -> None:
    coordinator = ra1.actor("coordinator")

    def fill(first: int, last: int) -> None:
        for number, visit in enumerate(enrol_many(ra1, first, last)):
            film_of(visit)
            Transmittal.objects.create(trial=ra1.trial, site=ra1.sites[0], channel="stow", token=visit.subject.code)
            if number % 10 == 0:
                ask(trial=ra1.trial, text="Which side?", subject=visit.subject, actor=coordinator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(f"trials/RA-1/{path}", limit=500).status_code == 200
        return len(queries)

    fill(100, 112)
    asked()
    few = asked()
    fill(112, 400)
    assert asked() == few
