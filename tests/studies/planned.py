"""A planned trial for the tests of its pages: two of everything, made by the functions people's pages call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor
from studies.models import Film, FilmStatus, Membership, Site, Subject, Trial, Visit
from studies.plan.membership import grant
from studies.plan.subjects import enrol
from studies.plan.trials import add_site, create_trial
from studies.plan.visits import plan_visit

SETTING_UP = Actor.system("tests")
NUMBERS = count(1)


@dataclass
class Planned:
    """One trial: sites 01 and 02, a subject at each, baseline and week 24, and a person in every role."""

    trial: Trial
    sites: list[Site]
    subjects: list[Subject]
    people: dict[str, User]

    def actor(self, role: str) -> Actor:
        """The person in that role."""
        user = self.people[role]
        return Actor(user_id=user.pk, label=str(user), role=role.partition(" ")[0])

    def client(self, role: str) -> Client:
        """A browser in which that person is signed in."""
        client = Client()
        client.force_login(self.people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def visit(self, subject: int = 0, code: str = "BL") -> Visit:
        """A visit of a subject."""
        return Visit.objects.select_related("subject__trial", "subject__site", "plan").get(
            subject=self.subjects[subject], code=code
        )

    def url(self, path: str = "") -> str:
        """An address of the trial."""
        return f"/trials/{self.trial.code}/{path}"


def person(name: str) -> User:
    """An account of the installation without any role."""
    return User.objects.create(email=f"{name.replace(' ', '.')}.{next(NUMBERS)}@house.example", name=name)


def plan(code: str = "RA-1") -> Planned:
    """The trial, in the state in which its first films are awaited."""
    trial = create_trial(code=code, title=f"Trial {code}", actor=SETTING_UP)
    sites = [add_site(trial=trial, code=number, name=f"Hospital {number}", actor=SETTING_UP) for number in ("01", "02")]
    plan_visit(trial=trial, code="BL", label="Baseline", target_day=0, days_before=28, days_after=0, actor=SETTING_UP)
    plan_visit(trial=trial, code="W24", label="Week 24", target_day=168, actor=SETTING_UP)
    subjects = [enrol(trial=trial, site=site, code=f"{site.code}-001", actor=SETTING_UP) for site in sites]
    planned = Planned(trial, sites, subjects, {})
    for role in Role:
        if role not in (Role.SITE, Role.ADMINISTRATOR, Role.SYSTEM):
            planned.people[role] = member(trial, role)
    for site in sites:
        planned.people[f"site {site.code}"] = member(trial, Role.SITE, site)
    return planned


def member(trial: Trial, role: Role, site: Site | None = None) -> User:
    """A new person with one role in the trial."""
    user = person(f"{role.value} {site.code if site else trial.code}".lower())
    held = grant(trial=trial, user=user, role=role, site=site, reason="takes part", actor=SETTING_UP)
    Membership.objects.filter(pk=held.pk).update(first_used_at=timezone.now())
    return user


def film_of(visit: Visit, side: str = "L", view: str = "hand", **values: Any) -> Film:
    """A film of the visit as a row in the tables, without a picture."""
    number = next(NUMBERS)
    fields: dict[str, Any] = {
        "trial": visit.subject.trial,
        "site": visit.subject.site,
        "subject": visit.subject,
        "visit": visit,
        "side": side,
        "view": view,
        "status": FilmStatus.DEIDENTIFIED,
        "channel": "browser",
        "original_name": f"MUSTERMANN^ERIKA-{number}.dcm",
        "original_file": f"original-{number}",
        "size": 1000,
        "sha256": f"{number:064x}",
        "film_date": date(2024, 3, 1),
        "film_date_source": "header",
    }
    return Film.objects.create(**fields | values)


def roles_of(user: User) -> set[str]:
    """What a person holds now."""
    return set(Membership.objects.current().filter(user=user).values_list("role", flat=True))
