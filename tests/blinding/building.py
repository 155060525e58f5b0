"""Builds one world fast: real functions for what is drawn, read and signed, rows straight into the tables for films."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from functools import cache

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from accounts.hidden import HidingState
from accounts.models import User
from accounts.roles import Role
from api.models import AccessToken
from api.scopes import scopes_of
from api.tokens import digest_of
from audit.trail import Actor
from reading.models import Qualification
from studies.arms.custodian.custodian import raw
from studies.arms.custodian_keys import confirm_key, hold_arms, register_key
from studies.arms.importing import import_arms
from studies.models import (
    ConsentWithdrawal,
    DeviationCategory,
    DeviationEffect,
    DeviationVersion,
    Membership,
    Question,
    QuestionMessage,
    Site,
    Subject,
    Trial,
    Visit,
    VisitPlan,
)
from tests.blinding.filming import build_films
from tests.blinding.frozen import Frozen
from tests.blinding.locking import build_state
from tests.blinding.reading import build_adjudicating, build_campaign, build_reading
from tests.blinding.secrets_of import SLOTS, Secrets
from tests.blinding.worlds import HOLDERS, INSTRUMENT, OWN_FIRST, PASSWORD, SECONDS, World, custodian_key

FAST_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"


@cache
def hashed_password() -> str:
    """Hashed once a run, in a way that is fast to check."""
    return make_password(PASSWORD, hasher="md5")


def build(secrets: Secrets, held: Frozen, *, stage: str, ids_by_content: bool = False) -> World:
    """A world up to a stage: "planned" (no campaign), "reading" (two cases with the reader), "adjudicating", or a state
    of the campaign after that."""
    restart_numbers()
    world = World(secrets)
    held.begin("people")
    trial = build_trial(world)
    build_tokens(trial)
    held.begin("films")
    build_films(world, trial, ids_by_content)
    build_questions(world, trial)
    build_deviations(world, trial)
    build_consent(trial)
    held.begin("arms")
    build_arms(world, trial)
    if stage != "planned":
        build_campaign(world, trial, held)
        (build_reading if stage == "reading" else build_adjudicating)(world, held)
        if stage in list(HidingState):
            build_state(world, held, HidingState(stage))
    if secrets.another_trial:
        build_another_trial()
    restart_numbers()
    held.begin("built")
    return world


def restart_numbers() -> None:
    """The next row has the number after the last one, which neither a rollback nor given numbers do on PostgreSQL."""
    if connection.vendor != "postgresql":
        return
    managed = [model for model in apps.get_models() if model._meta.managed]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), managed):
            cursor.execute(statement)


def build_trial(world: World) -> Trial:
    """The trial, its sites, its people and its plan."""
    trial = Trial.objects.create(code="TWO", title="A trial of two worlds")
    sites = [Site.objects.create(trial=trial, code=code, name=f"Hospital {code}") for code in world.secrets.sites]
    names = {role.value: role for role in Role if role not in (Role.SYSTEM, Role.ADMINISTRATOR)}
    for name, role in (names | SECONDS).items():
        site = (sites[1] if name == "site.two" else sites[0]) if role == Role.SITE else None
        add_person(world, trial, name, role, site)
    world.people["administrator"] = make_user("administrator", is_administrator=True)
    world.people["outsider"] = make_user("outsider")
    plans = [
        (f"{world.secrets.visits}{24 * place:02d}", 168 * place) for place in range(max(world.secrets.planned, SLOTS))
    ]
    for code, day in plans:
        VisitPlan.objects.create(trial=trial, code=code, label=f"Week {day // 7}", target_day=day)
    return trial


def build_tokens(trial: Trial) -> None:
    """An access token with every scope of the role for each person who can have one."""
    for membership in trial.memberships.order_by("pk"):
        if scopes := scopes_of(membership.role):
            AccessToken.objects.create(
                membership=membership,
                label="program",
                scopes=scopes,
                digest=digest_of(token_text(membership.role)),
                made_by_id=membership.user_id,
                expires_on=timezone.localdate() + timedelta(days=300),
            )


def token_text(role: str) -> str:
    """The text of the token of the person in that role."""
    return f"blindread_{role}"


def make_user(name: str, *, is_administrator: bool = False) -> User:
    """An account in use."""
    user = User(email=f"{name}@two.example", name=name, is_administrator=is_administrator)
    user.password = hashed_password()
    user.save()
    return user


def add_person(world: World, trial: Trial, name: str, role: Role, site: Site | None) -> None:
    """A person with one role, qualified if he reads."""
    user = world.people[name] = make_user(name)
    world.actors[name] = Actor(user.pk, user.name, role)
    Membership.objects.create(trial=trial, user=user, role=role, site=site, reason="test", first_used_at=timezone.now())
    if role in (Role.READER, Role.ADJUDICATOR):
        Qualification.objects.create(trial=trial, reader=user, instrument=INSTRUMENT, evidence="test set")


def build_questions(world: World, trial: Trial) -> None:
    """One open question to each site about its first subject."""
    for place, site in enumerate(trial.sites.order_by("pk")):
        question = Question(pk=OWN_FIRST + place, trial=trial, site=site)
        question.save(force_insert=True)
        QuestionMessage.objects.create(
            pk=OWN_FIRST + place, question=question, text="Is the date right?", author=world.people["coordinator"]
        )


def build_deviations(world: World, trial: Trial) -> None:
    """One entry of the deviation log, which names subject, site and visit in its text too."""
    visit = Visit.objects.filter(subject__trial=trial).order_by("pk")[0]
    subject, site = visit.subject, visit.subject.site
    DeviationVersion.objects.create(
        trial=trial,
        number=1,
        version=1,
        noticed_on=date(2026, 2, 2),
        category=DeviationCategory.HANDLING,
        description=f"The films of visit {visit.code} of {subject.code} were sent on paper.",
        site=site,
        subject=subject,
        visit=visit,
        effect=DeviationEffect.NONE,
        effect_explained=f"Site {site.code} sent them again.",
        written_by=world.people["coordinator"],
    )


def build_consent(trial: Trial) -> None:
    """A withdrawal of consent that was recorded by mistake, so that reading continues; its text names the subject."""
    subject = Subject.objects.filter(trial=trial).order_by("pk")[0]
    ConsentWithdrawal.objects.create(
        subject=subject,
        withdrawn_on=date(2026, 2, 2),
        statement=f"All films of {subject.code}",
        instruction=f"Site {subject.site.code} keeps them",
        corrected_at=timezone.now(),
    )


def build_arms(world: World, trial: Trial) -> None:
    """Arms sealed to two custodians, as the product seals them; their private keys are nowhere."""
    coordinator = world.people["coordinator"]
    hold_arms(trial=trial, actor=world.actors["coordinator"], user=coordinator, reason="the sponsor holds no list")
    for place, who in enumerate(HOLDERS):
        public = base64.b64encode(raw(custodian_key(place).public_key())).decode()
        user, actor = world.people[who], world.actors[who]
        key = register_key(trial=trial, actor=actor, user=user, public_key=public)
        confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint)
    codes = Subject.objects.filter(trial=trial).order_by("pk").values_list("code", flat=True)
    arms = [*world.secrets.arms, *["foreign"] * len(codes)]
    lines = ["subject,arm", *(f"{code},{arm}" for code, arm in zip(codes, arms, strict=False))]
    content = "\n".join(lines).encode()
    bringer = world.people["custodian.two"]
    import_arms(trial=trial, actor=world.actors["custodian.two"], user=bringer, content=content, understood=True)


def build_another_trial() -> None:
    """A trial of other people, which is to answer as if it were not there."""
    trial = Trial.objects.create(code="ELSE", title="Another trial")
    site = Site.objects.create(trial=trial, code="E1", name="Hospital E1")
    Subject.objects.create(trial=trial, site=site, code="E-1")
