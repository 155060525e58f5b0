"""The description of the API is OpenAPI 3.1, complete, and true: whatever is sent, every answer is as described."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import jsonschema
import pytest
import schemathesis
import yaml
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from api.base import ApiView
from tests.api.programs import ROLES, Program, program_of
from tests.permissions import BY_TOKEN
from tests.routes import every_route
from tests.studies.planned import Planned

QUIET = list(HealthCheck)
ANSWERS_AS_DESCRIBED = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]


def document() -> dict[str, Any]:
    """The description as programs get it."""
    found: dict[str, Any] = Client().get("/api/v1/schema").json()
    return found


def test_the_description_is_openapi_three_point_one_and_the_same_as_yaml(db: None) -> None:
    found = document()
    assert found["openapi"] == "3.1.0"
    assert yaml.safe_load(Client().get("/api/v1/schema.yaml").content) == found


def test_every_route_of_programs_is_described_with_its_scope_and_nothing_else_is(db: None) -> None:
    found = document()
    routes = every_route()
    operations = {operation["operationId"] for methods in found["paths"].values() for operation in methods.values()}
    views = [vars(routes[name].callback)["cls"] for name in BY_TOKEN]
    assert all(issubclass(view, ApiView) for view in views)
    assert operations == {operation.name for view in views for operation in view.operations.values()}
    for methods in found["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"accessToken": []}]
            assert operation["description"].rstrip().endswith("`.")
            assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])


def test_every_form_of_an_answer_is_a_json_schema(db: None) -> None:
    for form in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(form)


def test_the_description_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert capsys.readouterr().err == ""


@dataclass
class Sender:
    """Sends generated requests to the product in this process, and counts the answers by status."""

    programs: list[Program]
    statuses: Counter[int] = field(default_factory=Counter)

    def send_all(self, examples: int) -> None:
        """To every operation this many requests as described and as many that break the description."""
        load_all_checks()
        schema: Any = schemathesis.openapi.from_wsgi("/api/v1/schema", WSGIHandler())
        for result in schema.get_all_operations():
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                for part in ({}, {"code": "RA-1"}):
                    self.send(result.ok(), mode, part, examples)

    def send(self, operation: Any, mode: GenerationMode, part: dict[str, str], examples: int) -> None:
        """To one operation, in the trial that is there or any; raises at the first answer that is not as described."""
        checks, programs = CHECKS.get_by_names(ANSWERS_AS_DESCRIBED), cycle(self.programs)

        @settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
        @given(case=operation.as_strategy(mode, path_parameters=part))
        def once(case: Any) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {next(programs).text}"})
            self.statuses[answer.status_code] += 1
            case.validate_response(answer, checks=checks)

        once()


@pytest.fixture
def sender(ra1: Planned, settings: Any) -> Iterator[Sender]:
    """Programs of every role, which no count of requests stops; a request leaves the connection of the test open."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Sender([program_of(ra1.trial, role) for role in ROLES])
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_some_requests_of_every_kind_are_answered_as_described(sender: Sender) -> None:
    sender.send_all(examples=3)
    assert {200, 400, 403, 404} <= set(sender.statuses)
    assert max(sender.statuses) < 500


@pytest.mark.full
def test_ten_thousand_requests_are_answered_as_described(sender: Sender) -> None:
    sender.send_all(examples=10_000 // (len(BY_TOKEN) * 3) + 1)
    assert max(sender.statuses) < 500
    assert sender.statuses.total() >= 10_000
