"""The plan of a trial as programs read it: pages, problems, scopes, and another trial as if it were not there."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from config.away import answer_failure
from studies.plan.subjects import enrol_all
from studies.plan.visits import add_visit
from tests.api.programs import API, Program, enrol_many, program_of
from tests.studies.planned import Planned


@pytest.fixture
def program(ra1: Planned) -> Program:
    return program_of(ra1.trial, "coordinator")


def test_a_program_reads_the_plan_of_its_trial(ra1: Planned, program: Program) -> None:
    add_visit(subject=ra1.subjects[0], code="UNS-1", kind="unscheduled", actor=ra1.actor("coordinator"))
    assert program.every("trials") == [{"code": "RA-1", "title": "Trial RA-1", "sponsor": ""}]
    assert program.get("trials/RA-1").json()["code"] == "RA-1"
    assert [site["code"] for site in program.every("trials/RA-1/sites")] == ["01", "02"]
    assert [plan["target_day"] for plan in program.every("trials/RA-1/planned-visits")] == [0, 168]
    subjects = program.every("trials/RA-1/subjects")
    assert [(one["code"], one["site"]) for one in subjects] == [("01-001", "01"), ("02-001", "02")]
    visits = program.every("trials/RA-1/visits", subject="01-001")
    assert [(one["code"], one["kind"]) for one in visits] == [
        ("BL", "scheduled"),
        ("W24", "scheduled"),
        ("UNS-1", "unscheduled"),
    ]
    assert program.get(f"trials/RA-1/subjects/{subjects[0]['id']}").json() == subjects[0]
    assert program.get(f"trials/RA-1/visits/{visits[0]['id']}").json() == visits[0]
    assert [one["code"] for one in program.every("trials/RA-1/subjects", site="02")] == ["02-001"]


def test_pages_hold_every_row_once_whatever_is_added_meanwhile(ra1: Planned, program: Program) -> None:
    first = program.get("trials/RA-1/subjects", limit=1).json()
    enrol_all(trial=ra1.trial, enrolled=[(ra1.sites[0], "01-900")], actor=ra1.actor("coordinator"))
    rest = program.every("trials/RA-1/subjects", limit=1, cursor=first["next"]) if first["next"] else []
    assert [row["code"] for row in first["results"] + rest] == ["01-001", "02-001", "01-900"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "none"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"-1").decode()}, "cursor"),
        ({"sit": "01"}, "sit"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(program: Program, query: dict[str, str], field: str) -> None:
    answer = program.get("trials/RA-1/subjects", **query)
    assert_problem(answer, 400)
    assert answer.json()["field"] == field


def assert_problem(answer: Any, status: int) -> None:
    """The answer is a problem document of that status, with a sentence."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["type"] == "about:blank"
    assert said["detail"][0].isupper()
    assert said["detail"].endswith(".")


def test_another_trial_and_what_is_in_it_are_answered_as_if_they_were_not_there(
    ra1: Planned, ra2: Planned, program: Program
) -> None:
    absent = program.get("trials/NONE/subjects")
    assert_problem(absent, 404)
    foreign = [f"trials/RA-2{rest}" for rest in ("", "/sites", "/planned-visits", "/subjects", "/visits")]
    foreign += [f"trials/RA-2/subjects/{ra2.subjects[0].pk}", f"trials/RA-1/subjects/{ra2.subjects[0].pk}"]
    foreign += [
        f"trials/RA-1/visits/{ra2.visit().pk}",
        "trials/RA-1/subjects/999999",
        "trials/RA-1/subjects/" + "9" * 30,
    ]
    foreign += ["none", "trials/", "trials/RA-1/reads", "schema/none"]
    assert {path: program.get(path).json() for path in foreign} == dict.fromkeys(foreign, absent.json())
    assert program.every("trials/RA-1/visits", subject="01-001") != []


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer none", "Basic none", "Token none", "Bearer é\xff", "Bearer a b"]
)
def test_without_a_valid_token_nothing_is_answered(ra1: Planned, header: str | None) -> None:
    client = ra1.client("coordinator")
    given = {} if header is None else {"authorization": header}
    answer = client.get(f"{API}trials/RA-1/subjects", headers=given)
    assert_problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_without_the_scope_or_another_method_is_refused_in_a_sentence(ra1: Planned, program: Program) -> None:
    assert_problem(program_of(ra1.trial, "auditor").get("trials/RA-1/subjects"), 403)
    for method in ("put", "patch", "delete", "options", "trace"):
        answer = getattr(program.client, method)(f"{API}trials/RA-1/sites")
        assert_problem(answer, 405)
        assert "Use GET" in answer.json()["detail"]
    assert program.client.head(f"{API}trials/RA-1/sites").status_code == 200


def test_a_token_may_send_so_many_requests_a_minute(ra1: Planned, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    program, other = program_of(ra1.trial, "coordinator"), program_of(ra1.trial, "sponsor")
    answers = [program.get("trials") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_problem(answers[3], 429)
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert other.get("trials").status_code == 200


def test_a_character_that_cannot_be_stored_is_a_problem_too(program: Program) -> None:
    assert_problem(program.client.get(f"{API}trials/RA-1/subjects?site=%00"), 400)


def test_a_failure_of_the_server_is_a_problem_too() -> None:
    answer = answer_failure(RequestFactory().get(f"{API}trials"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


LISTS = ["trials", "trials/RA-1/sites", "trials/RA-1/planned-visits", "trials/RA-1/subjects", "trials/RA-1/visits"]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_asks_the_database_the_same_number_of_times_whatever_its_size(
    ra1: Planned, program: Program, path: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert program.get(path, limit=500).status_code == 200
        return len(queries)

    program.get(path)
    enrol_many(ra1, 100, 110)
    few = asked()
    enrol_many(ra1, 110, 400)
    assert asked() == few


def test_a_session_of_a_browser_opens_nothing_for_programs(ra1: Planned) -> None:
    assert Client().get(f"{API}trials").status_code == 401
    assert ra1.client("reader").get(f"{API}trials").status_code == 401
