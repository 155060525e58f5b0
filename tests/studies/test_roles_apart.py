"""Every pair of roles, held now or formerly, and every grant: who may hold what beside what, and who may grant it."""

from __future__ import annotations

import ast
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.middleware import IdleMiddleware
from accounts.roles import READING_ROLES, Action, Role, allows
from accounts.roles_apart import GRANTABLE, INCOMPATIBLE, TWO_PEOPLE, apart, fewest_people
from audit.models import Event
from audit.trail import Actor
from config.errors import NotAllowed, WrongState
from config.serving import serves_a_request, serving_a_request
from studies.models import Membership
from studies.plan.membership import appoint_first_coordinator, grant, revoke
from studies.plan.trials import create_trial
from tests.studies.planned import SETTING_UP, Planned, person, roles_of

LETTERS = {
    Role.SITE: "",
    Role.COORDINATOR: "statistician lead signer custodian auditor",
    Role.CHECKER: "",
    Role.LEAD: "",
    Role.STATISTICIAN: "signer",
    Role.SIGNER: "",
    Role.SPONSOR: "",
}


def excluded_by_the_protocol(one: Role, other: Role) -> bool:
    """The rules as the protocol words them, written a second time and without the table."""
    if {one, other} <= READING_ROLES:
        return False
    if {one, other} & (READING_ROLES | {Role.CUSTODIAN, Role.AUDITOR}):
        return True
    return other in LETTERS[one].split() or one in LETTERS[other].split()


def test_the_table_has_every_pair_that_excludes_each_other_and_no_more() -> None:
    wanted = {frozenset(pair) for pair in combinations(GRANTABLE, 2) if excluded_by_the_protocol(*pair)}
    assert set(INCOMPATIBLE) == wanted
    assert len(wanted) == 37
    for pair, rule in INCOMPATIBLE.items():
        assert rule.formerly == bool(pair & READING_ROLES), "past roles count where reading is on one side"
        assert rule.reason.endswith(".")
    with pytest.raises(TypeError):
        INCOMPATIBLE[frozenset()] = rule  # type: ignore[index]


def give(planned: Planned, role: Role, user: object, actor: Actor | None = None) -> Membership:
    site = planned.sites[0] if role == Role.SITE else None
    actor = actor or planned.actor("coordinator")
    return grant(trial=planned.trial, user=user, role=role, site=site, reason="asked", actor=actor)  # type: ignore[arg-type]


def test_no_grant_makes_a_pair_that_excludes_each_other(ra1: Planned) -> None:
    for first, second in permutations(GRANTABLE, 2):
        user = person("somebody")
        give(ra1, first, user, SETTING_UP)
        if apart(first, second):
            with pytest.raises(WrongState, match="cannot be granted"):
                give(ra1, second, user)
        else:
            give(ra1, second, user)


def test_a_role_that_was_used_still_excludes_where_reading_is_on_one_side(ra1: Planned) -> None:
    for (first, second), used in product(permutations(GRANTABLE, 2), (True, False)):
        user = person("somebody")
        held = give(ra1, first, user, SETTING_UP)
        if used:
            Membership.objects.filter(pk=held.pk).update(first_used_at=timezone.now())
        revoke(membership=held, reason="left", actor=ra1.actor("coordinator"))
        rule = apart(first, second)
        if used and rule and rule.formerly:
            with pytest.raises(WrongState, match=r"who was .* in this trial"):
                give(ra1, second, user)
        else:
            give(ra1, second, user)


def test_a_pending_role_excludes_like_one_that_is_held(ra1: Planned) -> None:
    user = person("somebody")
    assert give(ra1, Role.STATISTICIAN, user).pending
    with pytest.raises(WrongState, match="who is Statistician"):
        give(ra1, Role.READER, user)


def test_the_first_request_under_a_role_is_recorded_once(ra1: Planned) -> None:
    user, used = ra1.people["coordinator"], Event.objects.filter(action="studies.membership.used")
    Membership.objects.filter(user=user).update(first_used_at=None)
    for _ in range(3):
        assert ra1.client("coordinator").get(ra1.url()).status_code == 200
    first = Membership.objects.get(user=user).first_used_at
    assert first is not None
    ra1.client("coordinator").get("/")
    assert Membership.objects.get(user=user).first_used_at == first
    assert used.count() == 1


@pytest.mark.parametrize("address", ["/", "/read/"])
def test_the_home_page_and_the_worklist_are_first_requests_too(ra1: Planned, address: str) -> None:
    user = ra1.people["reader"]
    Membership.objects.filter(user=user).update(first_used_at=None)
    assert ra1.client("reader").get(address).status_code == 200
    assert Membership.objects.get(user=user).first_used_at is not None


def test_nobody_grants_themselves_a_role(ra1: Planned) -> None:
    own, actor = ra1.people["coordinator"], ra1.actor("coordinator")
    for role in GRANTABLE:
        with pytest.raises(NotAllowed, match="cannot grant a role to yourself"):
            give(ra1, role, own, actor)
    assert roles_of(own) == {Role.COORDINATOR}


def test_who_creates_a_trial_becomes_its_first_coordinator_and_the_trail_says_so(ra1: Planned) -> None:
    answer = ra1.client("coordinator").post("/trials/new/", {"trial_code": "NEW", "title": "A new trial"})
    assert answer.status_code == 302
    recorded = Event.objects.newest_first().filter(stream="NEW")[0]
    assert recorded.action == "studies.first-coordinator.appointed"
    trial = Membership.objects.get(trial__code="NEW").trial
    with pytest.raises(WrongState, match="already has people"):
        appoint_first_coordinator(trial=trial, user=person("x"), actor=ra1.actor("coordinator"))


def test_the_form_of_a_trial_shows_how_many_people_it_needs(ra1: Planned) -> None:
    for address in ("/trials/new/", ra1.url("people/")):
        page = ra1.client("coordinator").get(address).content.decode()
        assert "needs at least 7 people, or 9 if it holds arms" in " ".join(page.split())


@pytest.mark.parametrize("arms", [False, True])
def test_the_head_count_fits_the_table_and_no_smaller_group_does(arms: bool) -> None:
    group = fewest_people(with_arms=arms)
    for held in group:
        assert len(set(held)) == len(held)
        assert not any(apart(*pair) or frozenset(pair) in TWO_PEOPLE for pair in combinations(held, 2))
    # Everyone named alone here excludes all the others, so no smaller group exists.
    alone = [Role.COORDINATOR, Role.READER, Role.ADJUDICATOR, Role.STATISTICIAN, Role.SIGNER, Role.AUDITOR]
    assert all(apart(*pair) or frozenset(pair) in TWO_PEOPLE for pair in combinations(alone, 2))
    assert len(group) == len(alone) + 1 + 2 * arms, "two people read, and two hold keys"


def test_the_trail_labels_a_grant_by_the_system(ra1: Planned) -> None:
    give(ra1, Role.STATISTICIAN, person("x"), SETTING_UP)
    recorded = Event.objects.newest_first()[0]
    assert (recorded.action, recorded.content["details"]["by_system"]) == ("studies.membership.granted", "tests")


def test_the_system_grants_nothing_while_a_page_is_served(ra1: Planned) -> None:
    with serving_a_request(), pytest.raises(NotAllowed, match="The system cannot grant roles from a page"):
        give(ra1, Role.LEAD, person("x"), SETTING_UP)


def test_every_request_is_marked_as_one_while_its_view_runs() -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(serves_a_request())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    IdleMiddleware(view)(request)
    assert (seen, serves_a_request()) == ([True], False)


def test_no_view_acts_as_the_system() -> None:
    views = [*Path().glob("*/views/**/*.py"), *Path("api").glob("**/*.py")]
    for path in sorted(views) + [Path("studies/access.py"), Path("reading/room/access.py")]:
        names = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
        assert not [node for node in names if ast.unparse(node) == "Actor.system"], path


def test_the_system_may_not_confirm_and_no_row_names_it() -> None:
    assert not allows(Role.SYSTEM, Action.CONFIRM_MEMBERSHIP)


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.ADMINISTRATOR])
def test_no_row_holds_a_role_that_trials_do_not_have(ra1: Planned, role: Role) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(trial=ra1.trial, user=person("x"), role=role, reason="by the tables")


def test_the_reading_room_answers_whatever_roles_a_person_holds(ra1: Planned, ra2: Planned) -> None:
    for mine, other in product(("reader", "adjudicator", "coordinator", "custodian"), GRANTABLE):
        user = ra1.people[mine]
        Membership.objects.filter(trial=ra2.trial, user=user).delete()
        give(ra2, other, user, SETTING_UP)
        status = ra1.client(mine).get("/read/").status_code
        assert status == (200 if {mine, other} & READING_ROLES else 403), (mine, other)


def test_the_first_trial_of_an_installation_is_set_up_by_the_system(db: None) -> None:
    trial = create_trial(code="ONE", title="One", actor=SETTING_UP)
    grant(trial=trial, user=person("x"), role=Role.COORDINATOR, reason="first", actor=SETTING_UP)
    assert Event.objects.newest_first()[0].content["details"]["by_system"] == "tests"
