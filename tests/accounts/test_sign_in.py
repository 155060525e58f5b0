"""Who gets in, who does not, and how long a session lasts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from accounts import people
from accounts.models import User
from accounts.sign_in import BEGAN, SEEN, user_token
from audit.models import Event
from jobs.models import Job
from tests.cast import PASSWORD, Cast, make_user

pytestmark = pytest.mark.django_db
PAGE = {"accept": "text/html"}
JSON = {"accept": "application/json"}


@pytest.fixture
def anna() -> User:
    return make_user("anna@house.example", "Anna Berg")


def sign_in(client: Client, password: str = PASSWORD, email: str = "anna@house.example", **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def recorded_actions() -> list[str]:
    return list(Event.objects.filter(stream="system").order_by("seq").values_list("action", flat=True))


def rewind(client: Client, key: str, seconds: float) -> None:
    """Makes the clock of the session say that it was so much longer ago."""
    session = client.session
    session[key] = int(time.time() - seconds)
    session.save()


def test_the_right_password_opens_the_start_page_and_is_recorded(client: Client, anna: User) -> None:
    assert sign_in(client).headers["Location"] == "/"
    assert "Welcome, Anna Berg" in client.get("/").content.decode()
    assert recorded_actions() == ["accounts.session.started"]


def test_the_address_may_be_typed_in_any_case(client: Client, anna: User) -> None:
    assert sign_in(client, email="Anna@House.Example").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, anna: User) -> None:
    def words(response: HttpResponse) -> str:
        page = response.content.decode()
        return page[page.index('role="alert"') : page.index("E-mail address</label>")]

    wrong, unknown = sign_in(client, password="nope"), sign_in(client, email="nobody@house.example")
    assert wrong.status_code == unknown.status_code == 200
    assert words(wrong) == words(unknown)
    assert recorded_actions() == ["accounts.sign-in.failed"] * 2


def test_what_was_typed_into_a_failed_try_is_not_recorded(client: Client, anna: User) -> None:
    sign_in(client, email="my-secret-password@house.example")
    assert "my-secret-password" not in Event.objects.get().body


def test_after_five_failures_even_the_right_password_is_locked_out(client: Client, anna: User, settings: Any) -> None:
    answers = [sign_in(client, password="nope").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [200, 200, 200, 200, 429]
    assert sign_in(client).status_code == 429
    assert recorded_actions().count("accounts.sign-in.locked") == 1
    assert Job.objects.filter(kind="accounts.alert").count() == 1


def test_a_disabled_account_does_not_get_in(client: Client, anna: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 200
    assert client.get("/", headers=PAGE).headers["Location"] == "/sign-in/"


def test_the_way_back_leads_only_into_this_installation(client: Client, anna: User) -> None:
    assert sign_in(client, next="/you/").headers["Location"] == "/you/"
    client.post("/sign-out/")
    assert sign_in(client, next="https://evil.example/").headers["Location"] == "/"


def test_a_page_leads_to_signing_in_and_back(client: Client) -> None:
    assert client.get("/you/?tab=1", headers=PAGE).headers["Location"] == "/sign-in/?next=%2Fyou%2F%3Ftab%3D1"


def test_a_program_is_answered_401(client: Client) -> None:
    for headers in (JSON, {"accept": "*/*"}, {"accept": "text/html", "hx-request": "true"}):
        response = client.get("/you/", headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "signed out"})


def test_signing_out_ends_the_session_and_is_recorded(cast: Cast) -> None:
    client = cast.client("reader")
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/you/", headers=JSON).status_code == 401
    assert recorded_actions() == ["accounts.session.ended"]


def test_a_link_signs_nobody_out(cast: Cast) -> None:
    client = cast.client("reader")
    assert client.get("/sign-out/").headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_visitor_without_a_cookie_leaves_no_session(db: None, client: Client) -> None:
    for path in ("/", "/sign-in/", "/sign-in/over/", "/password/forgotten/", "/healthz", "/none/"):
        client.cookies.clear()
        client.get(path)
        assert not Session.objects.exists(), path


def test_the_cookies_end_with_the_browser(anna: User, client: Client) -> None:
    client.get("/sign-in/")
    sign_in(client)
    assert set(client.cookies) == {"session", "csrf"}
    for cookie in client.cookies.values():
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")


def test_signing_out_leaves_nothing_of_the_pages_in_the_browser(anna: User, client: Client) -> None:
    client.get("/sign-in/")
    sign_in(client)
    assert client.post("/sign-out/")["Clear-Site-Data"] == '"cache"'
    assert {name: cookie.value for name, cookie in client.cookies.items()} == {
        "session": "",
        "csrf": "",
        "sign-on": "",
    }


def test_an_idle_session_ends_and_is_recorded(cast: Cast, settings: Any) -> None:
    client = cast.client("reader")
    assert client.get("/you/", headers=JSON).status_code == 200
    rewind(client, SEEN, settings.IDLE_MINUTES * 60 + 1)
    assert client.get("/you/", headers=JSON).status_code == 401
    assert json.loads(Event.objects.get().body)["reason"] == "idle too long"


def test_a_request_keeps_the_session_and_a_passive_one_does_not(cast: Cast) -> None:
    client = cast.client("reader")
    client.get("/you/")
    rewind(client, SEEN, 600)
    client.get("/you/", headers={"x-passive": "1"})
    assert client.session[SEEN] < time.time() - 500
    client.get("/you/")
    assert client.session[SEEN] > time.time() - 500


def test_the_longest_session_ends_however_busy(cast: Cast, settings: Any) -> None:
    client = cast.client("reader")
    client.get("/you/")
    rewind(client, BEGAN, settings.SESSION_HOURS * 3600 + 1)
    assert client.get("/you/", headers=JSON).status_code == 401


def test_disabling_an_account_ends_its_sessions_for_good(cast: Cast) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    assert client.get("/you/", headers=JSON).status_code == 200
    people.disable(user=reader, reason="left", actor=cast.actor("administrator"))
    assert client.get("/you/", headers=JSON).status_code == 401
    people.enable(user=reader, reason="came back", actor=cast.actor("administrator"))
    assert client.get("/you/", headers=JSON).status_code == 401


def over(client: Client, **body: str) -> Any:
    csrf = client.get("/sign-in/over/").json()["csrf"]
    return client.post("/sign-in/over/", body, "application/json", headers={"x-csrftoken": csrf})


def test_signing_in_over_a_page_gives_a_fresh_token_that_works(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = over(client, email=anna.email, password=PASSWORD, user_token=user_token(anna))
    assert answer.status_code == 200
    assert answer.json()["user_token"] == user_token(anna)
    renamed = client.post("/you/", {"name": "Anna Stein"}, headers={"x-csrftoken": answer.json()["csrf"]})
    assert renamed.status_code == 302


def test_nobody_else_signs_in_over_a_page(anna: User) -> None:
    other, client = make_user("otto@house.example", "Otto"), Client()
    answer = over(client, email=other.email, password=PASSWORD, user_token=user_token(anna))
    assert answer.status_code == 409
    assert client.get("/sign-in/over/").json()["signed_in"] is False


def test_signing_in_over_a_page_says_what_is_wrong(anna: User) -> None:
    assert over(Client(), email=anna.email, password="nope").status_code == 401
    garbage = Client().post("/sign-in/over/", "not json", "application/json")
    assert (garbage.status_code, "is not JSON" in garbage.json()["error"]) == (400, True)


def test_answers_stay_out_of_caches(cast: Cast) -> None:
    assert cast.client("reader").get("/").headers["Cache-Control"] == "no-store"
