"""The people of the tests, two of everything: two trials with two sites each, every role in both, and an outsider.

Ask for the fixture `cast`, then cast.client("reader"), cast.actor("coordinator", "RA-2"), cast.site("02"). Whatever a
test sees of RA-2 through somebody of RA-1, or of site 02 through site 01, is a leak.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.trail import Actor
from studies.models import Membership, Site, Trial

PASSWORD = "a long password of the cast"
TRIALS = ("RA-1", "RA-2")
SITES = ("01", "02")
TRIAL_ROLES = tuple(role for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM))
# Roles that a trial needs twice, with the name of the second person.
SECONDS = {Role.SITE: "site.two", Role.READER: "reader.two"}


@cache
def hashed_password() -> str:
    """Hashed once for the whole run: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_user(email: str, name: str, *, is_administrator: bool = False) -> User:
    """An account in use whose password is PASSWORD."""
    return User.objects.create(email=email, name=name, password=hashed_password(), is_administrator=is_administrator)


@dataclass
class Cast:
    """Everybody by the name of his role: "coordinator", "site" (of site 01), "site.two" (of 02), "reader.two" ..."""

    trials: dict[str, Trial] = field(default_factory=dict)
    sites: dict[tuple[str, str], Site] = field(default_factory=dict)
    people: dict[tuple[str, str], User] = field(default_factory=dict)

    @property
    def trial(self) -> Trial:
        """The trial most tests play in."""
        return self.trials["RA-1"]

    def site(self, code: str = "01", trial: str = "RA-1") -> Site:
        """A site of a trial."""
        return self.sites[trial, code]

    def user(self, who: str, trial: str = "RA-1") -> User:
        """The person of that name in the trial; "administrator" and "outsider" belong to none."""
        return self.people["" if who in ("administrator", "outsider") else trial, who]

    def actor(self, who: str, trial: str = "RA-1") -> Actor:
        """The same person as the audit trail names him."""
        user = self.user(who, trial)
        return Actor(user_id=user.pk, label=str(user), role=who.removesuffix(".two"))

    def client(self, who: str, trial: str = "RA-1") -> Client:
        """A browser in which the person has signed in; "anonymous" has not."""
        client = Client()
        if who != "anonymous":
            client.force_login(self.user(who, trial), backend=BACKEND)
        return client


def make_cast() -> Cast:
    """Puts everybody into the database."""
    cast = Cast()
    for name, is_administrator in (("administrator", True), ("outsider", False)):
        cast.people["", name] = make_user(f"{name}@house.example", name.capitalize(), is_administrator=is_administrator)
    for code in TRIALS:
        fill_trial(cast, code)
    return cast


def fill_trial(cast: Cast, code: str) -> None:
    """A trial with its sites and one person for each role; two where the trial needs two."""
    trial = cast.trials[code] = Trial.objects.create(code=code, title=f"Trial {code}")
    for site in SITES:
        cast.sites[code, site] = Site.objects.create(trial=trial, code=site, name=f"Hospital {site} of {code}")
    for role in TRIAL_ROLES:
        admit(cast, trial, role, role, "01")
    for second, name in SECONDS.items():
        admit(cast, trial, second, name, "02")


def admit(cast: Cast, trial: Trial, role: Role, name: str, site: str) -> None:
    """A person with one role in the trial."""
    user = make_user(f"{name}@{trial.code.lower()}.example", f"{name} of {trial.code}")
    own = cast.sites[trial.code, site] if role == Role.SITE else None
    Membership.objects.create(trial=trial, user=user, role=role, site=own, reason="cast", first_used_at=timezone.now())
    cast.people[trial.code, str(name)] = user


@pytest.fixture
def cast(db: None) -> Cast:
    """Two of everything."""
    return make_cast()
