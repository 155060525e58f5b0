"""A person with a role in one step: picked if they have an account, invited if not, and by table all or nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.people import accept_invitation
from accounts.roles import Role
from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, NotAllowed
from jobs.models import Job
from studies.models import Membership, Trial
from studies.plan.inviting import NO_ACCOUNT, NOT_ALL_HAVE_ACCOUNTS, admit
from studies.plan.tables.importing import preview, write_table
from studies.plan.tables.kinds import TABLES
from tests.studies.planned import Planned, person, roles_of

NEW = "alex@hospital.example"
HEAD = "email,role,site,reason,name"


@pytest.fixture
def host(ra1: Planned) -> Actor:
    """The coordinator, who is an administrator of the installation too."""
    User.objects.filter(pk=ra1.people["coordinator"].pk).update(is_administrator=True)
    return ra1.actor("coordinator")


def sent(client: Client, ra1: Planned, **typed: str) -> str:
    """The page of people after the form was sent."""
    return client.post(ra1.url("people/"), {"reason": "takes part", **typed}, follow=True).content.decode()


def invitations() -> list[int]:
    """Whose invitations wait to be mailed."""
    return [job.payload["user"] for job in Job.objects.filter(kind="accounts.mail_link")]


def faults(ra1: Planned, *lines: str) -> list[tuple[int, str]]:
    """What is wrong with which line of a table of people."""
    text = "\n".join((HEAD, *lines))
    found = preview(trial=ra1.trial, table=TABLES["people"], text=text, actor=ra1.actor("coordinator"))
    return [(fault.line, fault.says) for fault in found.faults]


def test_account_invitation_and_role_are_made_in_one_step(ra1: Planned, host: Actor) -> None:
    shown = sent(ra1.client("coordinator"), ra1, person=NEW.upper(), name="Alex Example", role="site", site="02")
    assert "The role site was granted to Alex Example, who has been invited by e-mail." in shown
    made = User.objects.get(email=NEW)
    held = Membership.objects.get(user=made)
    assert (made.name, made.has_usable_password(), held.role, held.site) == (
        "Alex Example",
        False,
        "site",
        ra1.sites[1],
    )
    assert invitations() == [made.pk]
    (invited,) = Event.objects.filter(action="accounts.user.invited")
    assert (invited.actor_id, invited.role) == (host.user_id, "administrator")
    (granted,) = Event.objects.of_record("studies.membership", str(held.pk))
    assert granted.role == "coordinator"
    accept_invitation(user=made, name="Alexandra Example", password="a long phrase of her own")
    assert User.objects.get(email=NEW).name == "Alexandra Example"


def test_a_person_with_an_account_is_picked_and_not_invited_again(ra1: Planned, host: Actor) -> None:
    there = person("somebody")
    shown = sent(ra1.client("coordinator"), ra1, person=there.email, name="Another Name", role="reader")
    assert "somebody is now reader of this trial." in shown
    assert roles_of(there) == {"reader"}
    there.set_unusable_password()
    there.save(update_fields=["password"])
    shown = sent(ra1.client("coordinator"), ra1, person=there.email, role="adjudicator")
    assert "The role adjudicator was granted to somebody, who has not accepted the earlier invitation;" in shown
    assert User.objects.get(pk=there.pk).name == "somebody"
    assert invitations() == []


def test_the_form_offers_people_of_the_coordinators_own_trials_and_nobody_else(ra1: Planned) -> None:
    """A trial of somebody else has people of whom the coordinator learns nothing."""
    elsewhere = Trial.objects.create(code="ELSE", title="Another trial")
    stranger = person("stranger")
    Membership.objects.create(trial=elsewhere, user=stranger, role="reader", reason="test")
    page = ra1.client("coordinator").get(ra1.url("people/")).content.decode()
    offered = re.findall(r'<option value="([^"@]+@[^"]+)">', page)
    own = Membership.objects.filter(trial=ra1.trial).values_list("user__email", flat=True)
    assert set(offered) == set(own)
    assert len(offered) == len(set(offered)) > 1
    assert stranger.email not in page


def test_without_the_role_there_is_no_account_and_no_invitation(ra1: Planned, host: Actor) -> None:
    client = ra1.client("coordinator")
    assert "The role Site is granted for one site." in sent(client, ra1, person=NEW, role="site")
    assert "A name has 2 to 120 characters." in sent(client, ra1, person=NEW, name="A", role="reader")
    assert not User.objects.filter(email=NEW).exists()
    assert invitations() == []


def test_a_coordinator_who_is_no_administrator_learns_of_nobody_and_invites_nobody(ra1: Planned) -> None:
    gone, client = person("disabled"), ra1.client("coordinator")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert 'name="name"' not in client.get(ra1.url("people/")).content.decode()
    for address in (NEW, gone.email):
        assert NO_ACCOUNT in sent(client, ra1, person=address, role="reader")
        with pytest.raises(BadInput, match="The role Site is granted for one site"):
            admit(trial=ra1.trial, email=address, role=Role.SITE, reason="so", actor=ra1.actor("coordinator"))
        with pytest.raises(BadInput, match="The reason has 201 characters"):
            admit(trial=ra1.trial, email=address, role=Role.READER, reason="x" * 201, actor=ra1.actor("coordinator"))
        assert "The role Site is granted for one site" in faults(ra1, f"{address},site,,qualified,")[0][1]
    assert not User.objects.filter(email=NEW).exists()
    with pytest.raises(NotAllowed):
        admit(trial=ra1.trial, email=NEW, role=Role.READER, reason="so", actor=ra1.actor("lead"))


def test_the_review_of_a_table_answers_the_same_whether_or_not_an_address_has_an_account(ra1: Planned) -> None:
    gone, there, client = person("disabled"), person("somebody"), ra1.client("coordinator")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    text, answers = f"{HEAD}\nADDRESS,reader,,qualified,Alex\nADDRESS,lead,,also leads,\n", set()
    for address in (NEW, gone.email, there.email):
        for lines in (text, text.rpartition("\nADDRESS")[0]):
            page = client.post(ra1.url("set-up/import/people/"), {"text": lines.replace("ADDRESS", address)})
            shown = re.sub(
                r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|"csrf-token" content="[^"]*"', "", body(page)
            )
            answers.add(re.sub(r'"X-CSRFToken": "[^"]*"', "", shown).replace(address, "ADDRESS"))
    assert len(answers) == 2, "one for each table"
    assert "cannot be granted to ADDRESS, who is Reader" in "".join(answers)


def test_a_table_that_is_refused_does_not_say_which_address_has_no_account(ra1: Planned) -> None:
    there, client = person("somebody"), ra1.client("coordinator")
    lines = f"{HEAD}\n{there.email},reader,,qualified,\n{NEW},reader,,qualified,\n"
    refused = client.post(ra1.url("set-up/import/people/write/"), {"text": lines}, follow=True)
    assert NOT_ALL_HAVE_ACCOUNTS in body(refused)
    assert NEW not in body(refused)
    assert roles_of(there) == set()


def body(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_administrator_reads_that_an_account_is_disabled_and_where_to_enable_it(ra1: Planned, host: Actor) -> None:
    gone = person("disabled")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    says = f"The account {gone.email} is disabled. Enable it on the page Accounts"
    assert says in sent(ra1.client("coordinator"), ra1, person=gone.email, role="reader")
    assert says in faults(ra1, f"{gone.email},reader,,qualified,")[0][1]


def test_names_that_look_alike_are_refused_by_line_also_between_new_people(ra1: Planned, host: Actor) -> None:
    User.objects.create(email="coca@house.example", name="Coca Apea")
    found = faults(
        ra1,
        f"{NEW},reader,,qualified,Сосо Аса",
        f"{NEW},adjudicator,,qualified,Сосо Асаа",
        "two@hospital.example,reader,,qualified,Coco Aca",
        "three@hospital.example,reader,,qualified,Соса Ареа",
    )
    assert [line for line, _ in found] == [4, 5]
    assert "The name “Coco Aca” looks like “Сосо Аса”" in found[0][1]
    assert "looks like “Coca Apea”, the name of another person" in found[1][1]


def test_a_table_of_people_has_at_most_200_lines(ra1: Planned, host: Actor) -> None:
    text = "\n".join((HEAD, *(f"p{number}@hospital.example,reader,,qualified," for number in range(201))))
    answer = ra1.client("coordinator").post(ra1.url("set-up/import/people/"), {"text": text})
    assert answer.status_code == 400
    assert "The table has 201 lines below the column names. At most 200" in answer.content.decode()
    assert "At most 200 lines follow it." in answer.content.decode()
    with pytest.raises(BadInput, match="Split it into smaller files"):
        write_table(trial=ra1.trial, table=TABLES["people"], text=text, actor=host)


def test_every_line_of_a_table_is_answered_and_nothing_is_half_done(ra1: Planned, host: Actor) -> None:
    reader, coordinator, known = ra1.people["reader"], ra1.people["coordinator"], person("somebody")
    lines = [
        f"{NEW},site,01,sends films,Alex Example",
        f"{reader.email},statistician,,short of people,",
        f"{coordinator.email},reader,,short of people,",
        "not an address,king,99,,",
        f"{person('other').email},reader,01,qualified,",
        f"{known.email},reader,,qualified,",
        f"{known.email},lead,,also leads,",
        f"{known.email.upper()},reader,,twice,",
    ]
    found = faults(ra1, *lines)
    assert [line for line, _ in found] == [3, 4, 5, 5, 5, 5, 6, 8, 9]
    said = dict(found)
    assert "The role Statistician cannot be granted to reader ra-1" in said[3]
    assert "You cannot grant a role to yourself." in said[4]
    assert "cannot be combined with the role Reader" in said[6]
    assert "The role Imaging lead cannot be granted to somebody, who is Reader" in said[8]
    assert "is already held by somebody" in said[9]
    with pytest.raises(BadInput, match="Line 3"):
        write_table(trial=ra1.trial, table=TABLES["people"], text="\n".join((HEAD, *lines)), actor=host)
    assert not User.objects.filter(email=NEW).exists()


def test_a_table_invites_and_grants_once_it_was_reviewed(ra1: Planned, host: Actor) -> None:
    known, client = person("somebody"), ra1.client("coordinator")
    text = f"{HEAD}\n{NEW},site,01,sends films,Alex Example\n{NEW},checker,,checks,\n{known.email},Reader,,qualified,\n"
    shown = client.post(ra1.url("set-up/import/people/"), {"text": text}).content.decode()
    assert "Every line is valid. Nothing is saved yet." in shown
    assert not User.objects.filter(email=NEW).exists()
    page = client.post(ra1.url("set-up/import/people/write/"), {"text": text}, follow=True).content.decode()
    assert "3 rows were saved: people." in page
    made = User.objects.get(email=NEW)
    assert (roles_of(made), roles_of(known)) == ({"site", "checker"}, {"reader"})
    assert invitations() == [made.pk]
