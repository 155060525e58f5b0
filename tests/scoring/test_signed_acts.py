"""Every act of the table: what its form says, and that only the right password of the right person does anything."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from django.apps import apps

from accounts.models import Signature, User
from accounts.signed_acts import ACTS, Act
from audit.models import Event
from tests.routes import every_route
from tests.scoring.acts_line import ActsLine, Post

pytestmark = pytest.mark.django_db
# A session is written by every request.
NOT_COMPARED = frozenset({"django_session"})
OTHERS = "the password of somebody else"
Rows = dict[str, dict[object, tuple[object, ...]]]


def every_row() -> Rows:
    """The whole database, by table and key."""
    models = [model for model in apps.get_models() if model._meta.db_table not in NOT_COMPARED]
    return {
        model._meta.db_table: {
            row[0]: tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in model._default_manager.values_list(
                "pk", *[field.attname for field in model._meta.concrete_fields]
            )
        }
        for model in models
    }


def changed(before: Rows) -> dict[str, set[object]]:
    """The rows that are new, other or gone, by table."""
    after = every_row()
    found = {
        table: {key for key in rows.keys() | after[table].keys() if rows.get(key) != after[table].get(key)}
        for table, rows in before.items()
    }
    return {table: keys for table, keys in found.items() if keys}


def counters(user: User) -> tuple[int, int]:
    """The wrong passwords of a person, and the events that told them."""
    recorded = Event.objects.filter(action="accounts.signature.refused", subject_id=str(user.pk))
    return User.objects.get(pk=user.pk).wrong_signature_passwords, recorded.count()


def changed_besides_counting(post: Post, before: Rows, typed: int) -> dict[str, set[object]]:
    """What changed besides the counter of this person and the one event that records it."""
    found = changed(before)
    assert len(found.pop("audit_event", ())) == typed
    assert len(found.pop("audit_head", ())) == typed
    assert found.pop("accounts_user", set()) == ({post.user.pk} if typed else set())
    return found


def refused(post: Post, case: dict[str, str]) -> None:
    """The form sent with this password changes no row; a password that was typed is counted and told once."""
    before, (count, recorded) = every_row(), counters(post.user)
    status, leads_to, content = post.send(**case)
    typed = int(bool(case.get("password")) or post.address.endswith("/sign"))
    assert status in (200, 400), (post.acts, case, status)  # the form again, with what is wrong
    assert (leads_to, content) == ("", b""), (post.acts, case)
    assert changed_besides_counting(post, before, typed) == {}, (post.acts, case)
    assert counters(post.user) == (count + typed, recorded + typed), (post.acts, case)


def replayed(post: Post, first: tuple[int, str, bytes]) -> None:
    """The same form again answers as the first did and changes nothing at all."""
    before = every_row()
    assert post.send(password=post.password) == first, post.acts
    assert changed(before) == {}, post.acts


@pytest.fixture
def line(tmp_path: Path) -> ActsLine:
    made = ActsLine(tmp_path)
    other = made.built_trial.people["site"]
    other.set_password(OTHERS)
    other.save()
    return made


def test_every_act_is_done_by_the_right_password_of_its_person_alone_and_once(line: ActsLine) -> None:
    done: list[Act] = []
    for post in line.posts():
        page = unescape(post.client.get(post.page).content.decode())
        for act in post.acts:
            assert ACTS[act].meaning in page, f"{act}: the form shows what is signed"
        for case in ({}, {"password": ""}, {"password": "not the password"}, {"password": OTHERS}):
            refused(post, case)
        signatures = Signature.objects.count()
        first = post.send(password=post.password)
        assert first[0] in (200, 302, 303), (post.acts, first)
        new = Signature.objects.order_by("-pk")[: Signature.objects.count() - signatures]
        assert [one.meaning for one in reversed(new)] == [ACTS[act].meaning for act in post.acts]
        assert {one.signer for one in new} == {post.user}
        replayed(post, first)
        done += post.acts
    assert set(done) == {act for act in Act if ACTS[act].signed}, "the line has every signed act of the table"


def test_the_table_names_routes_that_there_are() -> None:
    routes = every_route()
    assert set(ACTS) == set(Act)
    assert {terms.route for terms in ACTS.values()} <= set(routes)
