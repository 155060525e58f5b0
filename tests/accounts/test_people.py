"""Accounts come by invitation, are disabled and never deleted, and their passwords are known to nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import passwords, people
from accounts.links import AGES, link_token
from accounts.models import User
from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from jobs.models import Job
from tests.cast import PASSWORD, Cast, make_user

CONSOLE = Actor.system("tests")
NEW = "another long password"


def mailed_link() -> str:
    """Sends the mails that wait and gives the path of the last link."""
    run_due_jobs(kinds=frozenset({"accounts.mail_link"}))
    found = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_somebody_invited_sets_name_and_password_and_signs_in(db: None, client: Client) -> None:
    people.invite(email="New.Person@House.Example", actor=CONSOLE)
    link = mailed_link()
    assert client.get(link).status_code == 200
    assert client.post(link, {"name": "New  Person", "password": NEW, "again": NEW}).status_code == 302
    client.post("/sign-in/", {"email": "new.person@house.example", "password": NEW})
    assert "Welcome, New Person" in client.get("/").content.decode()


def test_an_invitation_is_good_once(db: None, client: Client) -> None:
    people.invite(email="new@house.example", actor=CONSOLE)
    link = mailed_link()
    given = {"name": "New Person", "password": NEW, "again": NEW}
    client.post(link, given)
    for page in (client.get(link, follow=True), client.post(link, given, follow=True)):
        assert page.redirect_chain == [("/sign-in/", 302)]
        assert "This link does not work." in page.content.decode()
        assert link not in page.content.decode()


def test_a_new_invitation_spends_the_earlier_one(db: None, client: Client) -> None:
    user = people.invite(email="new@house.example", actor=CONSOLE)
    earlier = f"/invitation/{link_token(user, 'invitation')}/"
    people.invite_again(user=user, actor=CONSOLE)
    assert client.get(earlier).headers["Location"] == "/sign-in/"


def test_an_address_is_refused_that_is_too_long_or_was_given_an_account_meanwhile(db: None) -> None:
    with pytest.raises(BadInput, match="has 255 characters. At most 254 are allowed"):
        people.invite(email=f"name@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 59}.example", actor=CONSOLE)
    people.invite(email="new@house.example", actor=CONSOLE)
    meanwhile = pytest.raises(BadInput, match="already an account with the e-mail address new@house.example")
    with meanwhile, people.used_once("new@house.example"):
        User(email="new@house.example").save()
    assert User.objects.count() == 1


def test_a_link_ends_with_its_age(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user = people.invite(email="new@house.example", actor=CONSOLE)
    link = f"/invitation/{link_token(user, 'invitation')}/"
    monkeypatch.setitem(AGES, "invitation", AGES["invitation"] * 0)
    assert client.get(link).headers["Location"] == "/sign-in/"


def test_a_link_for_one_purpose_does_not_serve_another(db: None, client: Client) -> None:
    user = people.invite(email="new@house.example", actor=CONSOLE)
    assert client.get(f"/password/new/{link_token(user, 'invitation')}/").headers["Location"] == "/password/forgotten/"


def test_no_link_waits_in_the_table_of_jobs(db: None) -> None:
    people.invite(email="new@house.example", actor=CONSOLE)
    assert set(Job.objects.get().payload) == {"user", "purpose"}


@pytest.mark.parametrize("password", ["short", "password123456", "new.person.new.person"])
def test_a_weak_password_is_refused_with_the_reason(db: None, client: Client, password: str) -> None:
    people.invite(email="new.person@house.example", actor=CONSOLE)
    page = client.post(mailed_link(), {"name": "New Person", "password": password, "again": password})
    assert page.status_code == 400
    assert 'id="id_password_error"' in page.content.decode()
    assert not User.objects.get().has_usable_password()


def test_an_address_has_one_account_whatever_its_case(db: None) -> None:
    make_user("anna@house.example", "Anna")
    with pytest.raises(BadInput, match="already an account"):
        people.invite(email="ANNA@house.example", actor=CONSOLE)


def test_only_an_administrator_manages_accounts(cast: Cast) -> None:
    anna = cast.user("reader")
    for who in ("coordinator", "auditor", "lead"):
        with pytest.raises(NotAllowed):
            people.disable(user=anna, reason="no", actor=cast.actor(who))
        with pytest.raises(NotAllowed):
            people.invite(email="new@house.example", actor=cast.actor(who))
    assert User.objects.get(pk=anna.pk).is_active


def test_no_page_of_the_administrator_takes_a_password(cast: Cast) -> None:
    client, anna = cast.client("administrator"), cast.user("reader")
    for path in ("", "invite/", f"{anna.pk}/"):
        page = client.get(f"/accounts/{path}").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert 'type="password"' not in main


def test_the_link_an_administrator_has_sent_goes_to_the_person_alone(cast: Cast) -> None:
    anna, client = cast.user("reader"), cast.client("administrator")
    page = client.post(f"/accounts/{anna.pk}/send-link/", {"reason": "forgotten"}, follow=True)
    mailed_link()
    assert mail.outbox[-1].to == [anna.email]
    assert "/password/new/" not in page.content.decode()
    assert "/password/new/" not in Event.objects.get(action="accounts.password-link.sent").body


def test_a_step_without_a_reason_is_refused(cast: Cast) -> None:
    anna = cast.user("reader")
    answer = cast.client("administrator").post(f"/accounts/{anna.pk}/disable/", {"reason": " "})
    assert (answer.status_code, User.objects.get(pk=anna.pk).is_active) == (400, True)


def test_disabling_and_enabling_are_recorded_with_the_reason(cast: Cast) -> None:
    anna, client = cast.user("reader"), cast.client("administrator")
    client.post(f"/accounts/{anna.pk}/disable/", {"reason": "left"})
    client.post(f"/accounts/{anna.pk}/enable/", {"reason": "came back"})
    recorded = [json.loads(event.body) for event in Event.objects.filter(action__startswith="accounts.user")]
    assert [(event["reason"], event["changes"]) for event in recorded] == [
        ("left", {"is_active": [True, False]}),
        ("came back", {"is_active": [False, True]}),
    ]


def test_the_last_administrator_stays(cast: Cast) -> None:
    admin = cast.user("administrator")
    for step in (people.disable, unmake):
        with pytest.raises(WrongState, match="is the last administrator account"):
            step(user=admin, reason="no", actor=cast.actor("administrator"))
    make_user("second@house.example", "Second", is_administrator=True)
    people.disable(user=admin, reason="retires", actor=cast.actor("administrator"))


def unmake(*, user: User, reason: str, actor: Actor) -> None:
    people.set_administrator(user=user, is_administrator=False, reason=reason, actor=actor)


def test_unmaking_an_administrator_works_on_the_next_request(cast: Cast) -> None:
    second = make_user("second@house.example", "Second", is_administrator=True)
    client = Client()
    client.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/accounts/").status_code == 200
    unmake(user=second, reason="no longer", actor=cast.actor("administrator"))
    assert client.get("/accounts/").status_code == 302


def test_asking_for_a_link_says_the_same_with_and_without_an_account(cast: Cast, client: Client) -> None:
    def words(email: str) -> str:
        return client.post("/password/forgotten/", {"email": email}).content.decode().replace(email, "")

    assert words(cast.user("reader").email) == words("nobody@house.example")
    assert Job.objects.count() == 2  # the same work either way, so that its time reveals nothing
    run_due_jobs(kinds=frozenset({"accounts.mail_link"}))
    assert [message.to for message in mail.outbox] == [[cast.user("reader").email]]
    assert Event.objects.filter(action="accounts.password-link.sent").count() == 1


def test_asking_again_at_once_sends_one_mail(cast: Cast) -> None:
    for _ in range(3):
        passwords.forget_password(email=cast.user("reader").email)
    assert Job.objects.count() == 1


def test_a_new_password_by_link_ends_every_session_and_the_link(cast: Cast, client: Client) -> None:
    anna, signed_in = cast.user("reader"), cast.client("reader")
    link = f"/password/new/{link_token(anna, 'password')}/"
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 302
    assert signed_in.get("/you/").status_code == 302
    assert client.get(link).headers["Location"] == "/password/forgotten/"
    assert client.post("/sign-in/", {"email": anna.email, "password": NEW}).headers["Location"] == "/"


@pytest.mark.parametrize("state", ["used", "expired"])
def test_a_used_or_expired_link_leads_to_the_form_that_sends_a_new_one_at_an_address_without_a_secret(
    cast: Cast, client: Client, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f"/password/new/{link_token(cast.user('reader'), 'password')}/"
    if state == "used":
        client.post(link, {"password": NEW, "again": NEW})
    else:
        monkeypatch.setitem(AGES, "password", AGES["password"] * 0)
    for page in (client.get(link, follow=True), client.post(link, {"password": NEW, "again": NEW}, follow=True)):
        assert page.redirect_chain == [("/password/forgotten/", 302)]
        text = page.content.decode()
        assert "This link does not work." in text
        assert "Send link" in text
        assert link not in text


def test_changing_the_own_password_keeps_this_session_and_ends_the_others(cast: Cast) -> None:
    here, there = cast.client("reader"), cast.client("reader")
    answer = here.post("/you/password/", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 302
    assert here.get("/you/").status_code == 200
    assert there.get("/you/").status_code == 302


def test_changing_the_password_needs_the_present_one(cast: Cast) -> None:
    page = cast.client("reader").post("/you/password/", {"old": "wrong", "password": NEW, "again": NEW})
    assert "the password you sign in with" in page.content.decode()
    assert User.objects.get(pk=cast.user("reader").pk).check_password(PASSWORD)


def test_the_list_of_accounts_filters_and_gives_csv(cast: Cast) -> None:
    client = cast.client("administrator")
    page = client.get("/accounts/?q=reader.two&is_administrator=False").content.decode()
    assert "reader.two@ra-1.example" in page
    assert "coordinator@ra-1.example" not in page
    lines: Any = client.get("/accounts/?format=csv").getvalue().decode().splitlines()
    assert len(lines) == 1 + User.objects.count()


def test_the_list_of_accounts_asks_as_much_for_three_as_for_thirty(
    cast: Cast, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = cast.client("administrator")
    client.get("/accounts/")
    with django_assert_max_num_queries(30) as few:
        client.get("/accounts/?q=administrator")
    with django_assert_num_queries(len(few)):
        client.get("/accounts/")
