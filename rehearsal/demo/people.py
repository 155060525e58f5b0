"""The fixed accounts of the demo, one for each role; they exist only there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.people import accept_invitation, invite
from accounts.roles import READING_ROLES, Role
from audit.trail import Actor
from reading.charter.versions import qualify_reader
from reading.models import Qualification
from studies.models import Membership, Site, Trial
from studies.plan.membership import grant

PASSWORD = "rheumatology-demo"  # noqa: S105  printed by bin/demo, known to everybody, valid nowhere else
SYSTEM = Actor.system("demo")
DOMAIN = "@demo.example"
COORDINATOR = f"coordinator{DOMAIN}"


@dataclass(frozen=True)
class Account:
    """A demo account and the role it has in the trial; the administrator has none."""

    email: str
    name: str
    role: Role


ACCOUNTS = (
    Account("coordinator@demo.example", "Demo Coordinator", Role.COORDINATOR),
    Account("checker@demo.example", "Demo Quality Checker", Role.CHECKER),
    Account("site@demo.example", "Demo Site", Role.SITE),
    Account("reader.one@demo.example", "Demo Reader One", Role.READER),
    Account("reader.two@demo.example", "Demo Reader Two", Role.READER),
    Account("adjudicator@demo.example", "Demo Adjudicator", Role.ADJUDICATOR),
    Account("statistician@demo.example", "Demo Statistician", Role.STATISTICIAN),
    Account("signer@demo.example", "Demo Second Signer", Role.SIGNER),
    Account("lead@demo.example", "Demo Imaging Lead", Role.LEAD),
    Account("auditor@demo.example", "Demo Auditor", Role.AUDITOR),
    Account("sponsor@demo.example", "Demo Sponsor", Role.SPONSOR),
    Account("admin@demo.example", "Demo Administrator", Role.ADMINISTRATOR),
)

CUSTODIANS = (
    Account("custodian.one@demo.example", "Demo Custodian One", Role.CUSTODIAN),
    Account("custodian.two@demo.example", "Demo Custodian Two", Role.CUSTODIAN),
)
EVERYBODY = (*ACCOUNTS, *CUSTODIANS)


def key_folder() -> Path:
    """Where the key files of the custodians are; their passphrase is the password of the demo."""
    return Path(settings.VAR) / "custodians"


def make_accounts(accounts: Sequence[Account] = ACCOUNTS) -> dict[str, User]:
    """Each account by its e-mail address; existing ones are kept, and an open invitation is accepted."""
    people = {}
    for account in accounts:
        user = User.objects.filter(email=account.email).first()
        if user is None:
            administrator = account.role == Role.ADMINISTRATOR
            user = invite(email=account.email, actor=SYSTEM, is_administrator=administrator, by_mail=False)
        if not user.has_usable_password():
            accept_invitation(user=user, name=account.name, password=PASSWORD)
            user.refresh_from_db()
        people[account.email] = user
    return people


def admit(
    trial: Trial,
    site: Site,
    people: dict[str, User],
    instrument: str = "svdh",
    accounts: Sequence[Account] = ACCOUNTS,
) -> None:
    """Grants each account its role in the trial and qualifies the readers; earlier grants are kept."""
    for account in accounts:
        user = people[account.email]
        held = Membership.objects.current().filter(trial=trial, user=user, role=account.role)
        if account.role == Role.ADMINISTRATOR:
            continue
        if not held.exists():
            own_site = site if account.role == Role.SITE else None
            grant(trial=trial, user=user, role=account.role, reason="demo", actor=SYSTEM, site=own_site)
        if account.role in READING_ROLES:
            qualify(trial, people, user, instrument)


def qualify(trial: Trial, people: dict[str, User], reader: User, instrument: str) -> None:
    """Qualifies the reader, unless they were qualified before."""
    if Qualification.objects.filter(trial=trial, reader=reader, instrument=instrument).exists():
        return
    qualify_reader(
        trial=trial,
        actor=actor(people, COORDINATOR),
        user=people[COORDINATOR],
        password=PASSWORD,
        reader=reader,
        instrument=instrument,
        evidence="Demo: simulated agreement with reference scores",
    )


def actor(people: dict[str, User], email: str) -> Actor:
    """The person in their role."""
    role = next(account.role for account in EVERYBODY if account.email == email)
    user = people[email]
    return Actor(user.pk, str(user), role)
