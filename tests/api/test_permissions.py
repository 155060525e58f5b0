"""What the token of each role opens, on every route; and that no token opens what is not for programs."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.programs import ROLES, program_of
from tests.permissions import API, BY_TOKEN, WRITTEN_BY_TOKEN
from tests.routes import address, every_route
from tests.studies.planned import Planned

FOR_PEOPLE = {"api:tokens", "api:show_token", "api:revoke_token", "api:guide"}
OPEN = {"api:schema", "api:schema_yaml", "api:nothing_here"}


def test_the_table_has_a_row_for_every_route_of_programs() -> None:
    assert sorted(BY_TOKEN) == sorted(set(API) - FOR_PEOPLE - OPEN)


def test_the_token_of_each_role_opens_what_the_table_says(ra1: Planned) -> None:
    routes, found, expected = every_route(), {}, {}
    for role in ROLES:
        client = program_of(ra1.trial, role).client
        for name, row in [*BY_TOKEN.items(), *WRITTEN_BY_TOKEN.items()]:
            ask = getattr(client, row.method)
            found[name, row.method, role] = ask(address(name, routes[name], {})).status_code
            expected[name, row.method, role] = row.expected(role)
    assert {key: status for key, status in found.items() if status != expected[key]} == {}


def test_no_token_opens_a_page_for_people_nor_anything_of_the_reading_room(ra1: Planned) -> None:
    """With a token and no session every other address answers as it answers nobody."""
    clients = {role: program_of(ra1.trial, role).client for role in ROLES}
    nobody = Client(raise_request_exception=False)
    for name, route in every_route().items():
        if name in BY_TOKEN:
            continue
        path = address(name, route, {})
        programs = list(clients.values()) if name.startswith("reading:") else [clients["coordinator"]]
        for method in ("get", "post"):
            anonymous = getattr(nobody, method)(path)
            for program in programs:
                answer = getattr(program, method)(path)
                assert (answer.status_code, answer.get("Location")) == (
                    anonymous.status_code,
                    anonymous.get("Location"),
                ), name


@pytest.mark.parametrize("role", ["reader", "adjudicator"])
def test_the_session_of_a_reader_reaches_nothing_of_programs(ra1: Planned, role: str) -> None:
    client = ra1.client(role)
    routes = every_route()
    assert {name: client.get(address(name, routes[name], {})).status_code for name in BY_TOKEN} == dict.fromkeys(
        BY_TOKEN, 401
    )
