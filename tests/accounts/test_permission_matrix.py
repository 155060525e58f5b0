"""Every person on every route: nothing opens that the table of permissions does not open."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from accounts.roles import Action, Role, allows
from tests.cast import Cast
from tests.permissions import GROUPS, TABLE, WHO
from tests.routes import address, every_route

REFUSED = {302, 403, 404, 405}
# Only scripts and programs send to these addresses: no browser shows one of them.
FOR_SCRIPTS = {
    "reading:values",
    "reading:notes",
    "reading:take-over",
    "studies:upload_start",
    "studies:upload_finish",
    "studies:upload_piece",
    "studies:dicomweb_store",
    "studies:dicomweb_store_study",
    "api:not_done",
    "api:expected",
    "api:film_expected",
}
ENDS_SESSIONS = ("sign_", "password_", "invitation")
Answers = dict[tuple[str, str], int]


class Everybody:
    """One browser for each person, and a fresh one where a route may sign its person out or in."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.routes = cast, every_route()
        self.clients = {who: cast.client(who) for who in WHO}

    def ask(self, name: str, who: str, method: str) -> int:
        """The status of the answer; a refusal comes without a page, which takes long to draw."""
        client: Client = self.cast.client(who) if name.startswith(ENDS_SESSIONS) else self.clients[who]
        client.raise_request_exception = False
        request = getattr(client, method)
        path, either = address(name, self.routes[name], {}), {"accept": "text/html, application/json"}
        return int(request(path, headers=either).status_code)


@pytest.fixture
def everybody(cast: Cast) -> Everybody:
    return Everybody(cast)


def test_the_table_has_a_row_for_every_route_and_no_other() -> None:
    assert sorted(TABLE) == sorted(every_route())


@pytest.mark.parametrize("group", GROUPS)
def test_each_person_gets_what_the_table_says(group: str, everybody: Everybody) -> None:
    rows = GROUPS[group].items()
    expected: Answers = {(name, who): row.expected(who) for name, row in rows for who in WHO}
    got: Answers = {(name, who): everybody.ask(name, who, row.method) for name, row in rows for who in WHO}
    assert {key: status for key, status in got.items() if status != expected[key]} == {}


@pytest.mark.parametrize("group", GROUPS)
def test_no_other_method_opens_what_is_closed(group: str, everybody: Everybody) -> None:
    closed = [
        (name, who, "post" if row.method == "get" else "get")
        for name, row in GROUPS[group].items()
        for who in WHO
        if row.expected(who) in (302, 403)
    ]
    got = {asked: everybody.ask(*asked) for asked in closed}
    assert {asked: status for asked, status in got.items() if status not in REFUSED} == {}


def test_an_address_that_receives_a_form_leads_to_the_page_of_the_form(cast: Cast) -> None:
    """The page of a refused form, signed or not, has that address, and people load pages again."""
    routes, leading = every_route(), 0
    lost: dict[str, object] = {}
    for name, row in TABLE.items():
        if row.method == "get" or name in FOR_SCRIPTS:
            continue
        path = address(name, routes[name], {})
        answer = cast.client(next(iter(row.answers), "coordinator")).get(f"{path}?status=open")
        if answer.status_code == 302:
            page = urlsplit(answer["Location"])
            leading += 1
            if TABLE[resolve(page.path).view_name].method != "get" or page.query not in ("status=open", ""):
                lost[name] = answer["Location"]
        elif answer.status_code != 404:  # shows the page itself, or says that the thing is missing
            lost[name] = answer.status_code
    assert lost == {}
    assert leading > 30


def test_an_action_that_is_not_in_the_table_of_roles_raises() -> None:
    with pytest.raises(ValueError, match="frobnicate"):
        allows(Role.COORDINATOR, "frobnicate")  # type: ignore[arg-type]


def test_a_role_that_is_not_in_the_table_of_roles_raises() -> None:
    with pytest.raises(ValueError, match="person"):
        allows("person", Action.UPLOAD_FILMS)
