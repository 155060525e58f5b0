"""Programs write by the functions of the pages; a request that is sent again writes nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.models import WrittenAnswer
from audit.models import Event
from audit.verify import verify
from studies.models import AbsentFilm, Site, Subject, Visit
from tests.api.programs import API, Program, program_of
from tests.api.test_plan import assert_problem
from tests.studies.planned import Planned, film_of


@pytest.fixture
def program(ra1: Planned) -> Program:
    return program_of(ra1.trial, "coordinator")


def test_a_program_plans_a_trial(ra1: Planned, program: Program) -> None:
    made = program.post("trials/RA-1/sites", site="03", name="Hospital 03")
    assert (made.status_code, made.json()) == (201, {"code": "03", "name": "Hospital 03"})
    assert program.post("trials/RA-1/planned-visits", visit="W52", label="Week 52", target_day=364).status_code == 201
    subject = program.post("trials/RA-1/subjects", site="03", subject="03-001").json()
    assert (subject["code"], subject["site"]) == ("03-001", "03")
    assert [visit["code"] for visit in program.every("trials/RA-1/visits", subject="03-001")] == ["BL", "W24", "W52"]
    visit = program.post("trials/RA-1/visits", subject="03-001", visit="UNS-1", kind_of_visit="unscheduled").json()
    assert (visit["code"], visit["kind"]) == ("UNS-1", "unscheduled")
    (event,) = Event.objects.filter(action="studies.subject.enrolled", subject_id=str(subject["id"]))
    assert event.actor_label.endswith("(token coordinator program)")
    assert event.role == "coordinator"
    written = {"studies_site", "studies_visitplan", "studies_subject", "studies_visit"}
    assert [finding for finding in verify().findings if finding.table in written] == []


def test_a_program_records_what_is_not_expected(ra1: Planned, program: Program) -> None:
    visit = f"trials/RA-1/visits/{ra1.visit(code='W24').pk}"
    assert program.post(f"{visit}/not-done", reason="moved away").json()["not_done_reason"] == "moved away"
    assert_problem(program.post(f"{visit}/not-done", reason="moved away"), 409)
    assert program.post(f"{visit}/expected", reason="came after all").json()["not_done_reason"] == ""
    absent = program.post(f"{visit}/absent-films", film="L-hand", reason="plaster cast")
    assert absent.status_code == 201
    again = program.post(f"trials/RA-1/absent-films/{absent.json()['id']}/expected", reason="cast removed").json()
    assert again["withdrawn_at"] is not None
    assert program.every(f"{visit}/absent-films") == [again]
    assert AbsentFilm.objects.get().withdrawn_at is not None


def test_a_request_that_is_sent_again_gets_its_first_answer_and_writes_nothing(ra1: Planned, program: Program) -> None:
    first = program.post("trials/RA-1/subjects", key="one", site="01", subject="01-002")
    again = program.post("trials/RA-1/subjects", key="one", site="01", subject="01-002")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert Subject.objects.filter(code="01-002").count() == 1
    other = program.post("trials/RA-1/subjects", key="one", site="01", subject="01-003")
    assert_problem(other, 422)
    assert not Subject.objects.filter(code="01-003").exists()
    assert_problem(program.post("trials/RA-1/subjects", key="two", site="01", subject="01-002"), 400)


def test_a_key_belongs_to_one_token_and_a_refusal_does_not_use_it(ra1: Planned, program: Program) -> None:
    assert_problem(program.post("trials/RA-1/subjects", key="one", site="09", subject="09-001"), 400)
    assert not WrittenAnswer.objects.exists()
    Site.objects.create(trial=ra1.trial, code="09")
    assert program.post("trials/RA-1/subjects", key="one", site="09", subject="09-001").status_code == 201
    second = program_of(ra1.trial, "coordinator")
    assert second.post("trials/RA-1/subjects", key="one", site="09", subject="09-002").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 65, "a b"])
def test_a_request_that_writes_needs_a_key(program: Program, key: str) -> None:
    answer = program.client.post(
        f"{API}trials/RA-1/sites", {"site": "03"}, "application/json", headers={"Idempotency-Key": key}
    )
    assert_problem(answer, 400)
    assert answer.json()["field"] == "Idempotency-Key"
    assert Site.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "site"),
        ({"site": 3, "subject": "03-001"}, "site"),
        ({"site": None, "subject": "03-001"}, "site"),
        ({"site": "03", "subject": "03-001"}, "site"),
        ({"site": "01", "subject": "=1+1"}, "subject"),
        ({"site": "01", "subject": "01-001"}, "subject"),
        ({"site": "01", "subject": "01-002", "arm": "placebo"}, "arm"),
    ],
)
def test_wrong_content_is_named_and_nothing_is_written(program: Program, given: dict[str, Any], field: str) -> None:
    answer = program.post("trials/RA-1/subjects", **given)
    assert_problem(answer, 400)
    assert answer.json()["field"] == field
    assert Subject.objects.count() == 2


@pytest.mark.parametrize("body", ["null", "[]", "{", '{"site": "\\u0000"}', "[" * 3000, '"x"', '{"site": NaN}'])
def test_content_that_is_no_object_is_refused(program: Program, body: str) -> None:
    assert_problem(program.send("trials/RA-1/sites", body), 400)


def test_content_that_is_not_json_or_too_long_is_refused(program: Program, settings: Any) -> None:
    form = program.send("trials/RA-1/sites", "site=03", kind="application/x-www-form-urlencoded")
    assert_problem(form, 415)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert_problem(program.send("trials/RA-1/sites", json.dumps({"site": "0" * 200})), 413)


def test_only_a_token_with_the_scope_of_writing_writes(ra1: Planned, ra2: Planned) -> None:
    reading = program_of(ra1.trial, "coordinator", "plan:read")
    assert_problem(reading.post("trials/RA-1/sites", site="03"), 403)
    assert_problem(program_of(ra1.trial, "sponsor").post("trials/RA-1/sites", site="03"), 403)
    program = program_of(ra1.trial, "coordinator")
    foreign = [
        f"trials/RA-1/visits/{ra2.visit().pk}/not-done",
        f"trials/RA-1/visits/{ra2.visit().pk}/absent-films",
        "trials/RA-2/sites",
        "trials/RA-1/absent-films/999999/expected",
    ]
    assert [program.post(path, reason="x").status_code for path in foreign] == [404] * len(foreign)
    assert Site.objects.count() == 4


def test_a_visit_of_a_subject_that_is_not_there_is_refused(program: Program) -> None:
    answer = program.post("trials/RA-1/visits", subject="09-001", visit="UNS-1", kind_of_visit="unscheduled")
    assert_problem(answer, 400)
    assert answer.json()["field"] == "subject"


def test_a_film_that_has_arrived_cannot_be_recorded_as_not_available(ra1: Planned, program: Program) -> None:
    visit: Visit = ra1.visit()
    film_of(visit)
    answer = program.post(f"trials/RA-1/visits/{visit.pk}/absent-films", film="L-hand", reason="lost")
    assert_problem(answer, 409)
    assert_problem(program.post(f"trials/RA-1/visits/{visit.pk}/absent-films", film="none", reason="lost"), 400)
