"""Builds one world fast: real functions for what is drawn, read and signed, rows straight into the tables for films."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor, audited_atomic, record
from instruments.definition import Item
from jobs.carrying import carry_job
from jobs.models import Job
from reading import issuing
from reading.allocation import Assignment
from reading.assignments import ask_for_reads, open_batch
from reading.campaigns import create_campaign, open_campaign
from reading.charters import draft_charter, sign_charter
from reading.models import Campaign, Case, Exposure, ExposureFilm, Qualification, Read
from reading.steps import open_step
from studies.arms import confirm_key, hold_arms, register_key
from studies.arms_import import import_arms
from studies.bitpacking import encode
from studies.models import (
    Film,
    Membership,
    Question,
    QuestionMessage,
    ReaderImage,
    Rendition,
    Site,
    Subject,
    Trial,
    Visit,
    VisitPlan,
)
from tests.blinding.frozen import Frozen
from tests.blinding.secrets_of import SLOTS, SUBJECTS, VIEWS, Secrets
from tests.reading.builders import fill_read, scanned, sign

PASSWORD = "correct horse battery staple"
INSTRUMENT = "larsen-1995"
DUE = "2026-03-04"
SECONDS = {"reader.two": Role.READER, "site.two": Role.SITE, "custodian.two": Role.CUSTODIAN}
FOREIGN_FIRST, OWN_FIRST = 1, 1001


@dataclass
class World:
    """A world and how to find things in it by what they show."""

    secrets: Secrets
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    campaign: Campaign | None = None


@cache
def hashed_password(hasher: str) -> str:
    """Hashed once a run."""
    return make_password(PASSWORD)


def content_token(*parts: object) -> str:
    """A key that depends on the pixels alone: the same film has it in both worlds."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:43]


@cache
def pixels_of(subject: int, slot: int, view: str) -> dict[str, list[bytes]]:
    """Bands and preview of a small film, made by the product's own packing."""
    chance = np.random.default_rng(int(content_token(subject, slot, view)[:8], 16))
    levels = chance.integers(0, 4096, (16, 12), dtype=np.uint16)
    preview = b"\xff\xd8\xff\xe0" + chance.bytes(40) + b"\xff\xd9"
    return {"small": encode(levels[::4, ::4].copy(), 1), "full": encode(levels, 2), "preview": [preview]}


def build(secrets: Secrets, held: Frozen, *, stage: str, ids_by_content: bool = False) -> World:
    """A world up to a stage: "planned" (no campaign), "reading" (two cases with the reader), "adjudicating"."""
    restart_numbers()
    world = World(secrets)
    held.begin("people")
    trial = build_trial(world)
    held.begin("films")
    build_films(world, trial, ids_by_content)
    build_questions(world, trial)
    held.begin("arms")
    build_arms(world, trial)
    if stage != "planned":
        build_campaign(world, trial, held)
        (build_reading if stage == "reading" else build_adjudicating)(world, held)
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
    plans = [(f"W{24 * place:02d}", 168 * place) for place in range(max(world.secrets.planned, SLOTS))]
    for code, day in plans:
        VisitPlan.objects.create(trial=trial, code=code, label=f"Week {day // 7}", target_day=day)
    return trial


def make_user(name: str, *, is_administrator: bool = False) -> User:
    """An account in use."""
    user = User(email=f"{name}@two.example", name=name, is_administrator=is_administrator)
    user.password = hashed_password("md5")
    user.save()
    return user


def add_person(world: World, trial: Trial, name: str, role: Role, site: Site | None) -> None:
    """A person with one role, qualified if he reads."""
    user = world.people[name] = make_user(name)
    world.actors[name] = Actor(user.pk, user.name, role)
    Membership.objects.create(trial=trial, user=user, role=role, site=site, reason="test")
    if role in (Role.READER, Role.ADJUDICATOR):
        Qualification.objects.create(trial=trial, reader=user, instrument=INSTRUMENT, evidence="test set")


def build_films(world: World, trial: Trial, ids_by_content: bool) -> None:
    """Subjects, visits and ready films, in the order in which they were uploaded."""
    secrets, sites = world.secrets, list(trial.sites.order_by("pk"))
    plans = list(trial.visit_plans.order_by("target_day"))
    first = {"pk": OWN_FIRST} if ids_by_content else {}
    world.subjects = [
        Subject.objects.create(
            **({"pk": first["pk"] + number} if first else {}),
            trial=trial,
            site=sites[secrets.site_of[number]],
            code=secrets.subjects[number],
        )
        for number in range(SUBJECTS)
    ]
    slots = [(number, slot) for number in range(SUBJECTS) for slot in range(SLOTS)]
    turned = slots[secrets.upload :] + slots[: secrets.upload]
    for place, (number, slot) in enumerate(turned):
        pk = OWN_FIRST + number * SLOTS + slot if ids_by_content else None
        kind = secrets.kinds[secrets.visit(number, slot)]
        plan = plans[secrets.visit(number, slot)]
        visit = Visit.objects.create(
            **({"pk": pk} if pk else {}), subject=world.subjects[number], plan=plan, code=plan.code, kind=kind
        )
        add_films(world, visit, number, slot, place, pk)
    tell_of_films(world, trial)
    for extra in range(secrets.foreign):
        add_foreign(world, sites[1], plans[0], extra, ids_by_content)


def add_films(world: World, visit: Visit, number: int, slot: int, place: int, pk: int | None) -> None:
    """The four films of a visit with everything a file brings along."""
    secrets, day = world.secrets, world.secrets.day(number, slot)
    missing = secrets.absent if slot == SLOTS - 1 else 0
    for offset, (side, view) in enumerate(VIEWS[: len(VIEWS) - missing]):
        name = f"{secrets.names}_{secrets.subjects[number]}_{day:%Y%m%d}_{side}{view}.dcm"
        film = Film(
            pk=None if pk is None else OWN_FIRST + (pk - OWN_FIRST) * len(VIEWS) + offset,
            trial=visit.subject.trial,
            site=visit.subject.site,
            subject=visit.subject,
            visit=visit,
            status="ready",
            channel="browser",
            original_name=name,
            original_file=content_token("original", name),
            size=4000 + place,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            side=side,
            view=view,
            film_date=day,
            film_date_source="confirmed",
            header={"StudyDate": f"{day:%Y%m%d}", "Manufacturer": secrets.names, "StationName": f"room {place}"},
        )
        film.save(force_insert=True)
        Rendition.objects.create(film=film, side=side, view=view, reader_image=image_of(number, slot, f"{view}-{side}"))


def tell_of_films(world: World, trial: Trial) -> None:
    """What the trail hears of films on their way in, with the names of files and what their headers say."""
    with audited_atomic():
        for film in Film.objects.filter(trial=trial, status="ready").order_by("view", "side", "subject_id")[:4]:
            subject = ("studies.film", str(film.pk))
            told: dict[str, dict[str, object]] = {
                "studies.film.receive": {"name": film.original_name, "size": film.size},
                "studies.film.deidentify": dict(film.header),
            }
            for action, details in told.items():
                record(action=action, actor=Actor.system("intake"), stream="TWO", subject=subject, details=details)


def image_of(number: int, slot: int, view: str) -> ReaderImage:
    """The reader image of a film, its files in the store."""
    key, pixels = content_token("image", number, slot, view), pixels_of(number, slot, view)
    store = storages["reading"]
    bands: dict[str, list[dict[str, object]]] = {"preview": [{"name": f"images/{key}/preview.jpg"}]}
    for level in ("small", "full"):
        bands[level] = [{"name": f"images/{key}/{level}/{place}"} for place in range(len(pixels[level]))]
    for level, parts in pixels.items():
        for where, part in zip(bands[level], parts, strict=True):
            if not store.exists(str(where["name"])):
                store.save(str(where["name"]), ContentFile(part))
    return ReaderImage.objects.create(
        key=key, rows=16, columns=12, window_center=2048, window_width=4096, bands=bands, digest="0" * 64
    )


def add_foreign(world: World, site: Site, plan: VisitPlan, extra: int, ids_by_content: bool) -> None:
    """More of the other site, with films that are not ready for any campaign, and a question about them."""
    numbered: dict[str, Any] = {"pk": FOREIGN_FIRST + extra} if ids_by_content else {}
    subject = Subject.objects.create(**numbered, trial=site.trial, site=site, code=f"F-{extra}")
    visit = Visit.objects.create(**numbered, subject=subject, plan=plan, code=plan.code)
    name = f"foreign-{extra}.dcm"
    film = Film(
        **numbered,
        trial=site.trial,
        site=site,
        subject=subject,
        visit=visit,
        status="rejected",
        channel="browser",
        original_name=name,
        original_file=name,
        size=9,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        side="L",
        view="hand",
    )
    film.save(force_insert=True)
    question = Question(**numbered, trial=site.trial, site=site, subject=subject, film=film)
    question.save(force_insert=True)
    QuestionMessage.objects.create(**numbered, question=question, text=f"about {name}", author=None)


def build_questions(world: World, trial: Trial) -> None:
    """One open question to each site about its first subject."""
    for place, site in enumerate(trial.sites.order_by("pk")):
        question = Question(pk=OWN_FIRST + place, trial=trial, site=site)
        question.save(force_insert=True)
        QuestionMessage.objects.create(
            pk=OWN_FIRST + place, question=question, text="Is the date right?", author=world.people["coordinator"]
        )


def build_arms(world: World, trial: Trial) -> None:
    """Arms sealed to two custodians, as the product seals them; their private keys are nowhere."""
    coordinator, holders = world.people["coordinator"], ("custodian", "custodian.two")
    hold_arms(trial=trial, actor=world.actors["coordinator"], user=coordinator, reason="the sponsor holds no list")
    for place, who in enumerate(holders):
        public = base64.b64encode(hashlib.sha256(f"public {place}".encode()).digest()).decode()
        user, actor = world.people[who], world.actors[who]
        key = register_key(trial=trial, actor=actor, user=user, public_key=public)
        confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint)
    codes = Subject.objects.filter(trial=trial).order_by("pk").values_list("code", flat=True)
    arms = [*world.secrets.arms, *["foreign"] * len(codes)]
    lines = ["subject,arm", *(f"{code},{arm}" for code, arm in zip(codes, arms, strict=False))]
    content = "\n".join(lines).encode()
    bringer = world.people["custodian.two"]
    import_arms(trial=trial, actor=world.actors["custodian.two"], user=bringer, content=content, understood=True)


def build_campaign(world: World, trial: Trial, held: Frozen) -> None:
    """A signed charter and an open campaign over all subjects and visits."""
    coordinator, person = world.actors["coordinator"], world.people["coordinator"]
    held.begin("charter")
    share = 1.0 if world.secrets.control else 0.0
    terms: dict[str, object] = {"instrument": INSTRUMENT, "concordant_share": share, "adjudication_threshold": 4.0}
    terms["presentation"] = world.secrets.presentation
    charter = draft_charter(trial=trial, actor=coordinator, terms=terms)
    charter = sign_charter(charter=charter, actor=coordinator, user=person, password=PASSWORD)
    campaign = create_campaign(trial=trial, actor=coordinator, charter=charter, code="C1", title="First reading")
    held.begin("opening")
    visits = list(trial.visit_plans.values_list("code", flat=True))
    scanned(campaign)
    open_campaign(campaign=campaign, actor=coordinator, subjects=world.subjects, visits=visits)
    campaign.refresh_from_db()
    world.campaign = campaign


def issue(world: World, held: Frozen, who: str) -> list[Read]:
    """Every case to this reader, in a batch of his own; his reads by the numbers of their cases."""
    assert world.campaign is not None
    held.begin(f"batch of {who}{world.secrets.draw}")
    person = world.people[who]
    cases = Case.objects.filter(campaign=world.campaign).order_by("number").values_list("pk", flat=True)
    with audited_atomic():
        batch = open_batch(world.campaign, f"Batch of {who}", None, world.actors["coordinator"])
        type(batch).objects.filter(pk=batch.pk).update(due_on=DUE)
        ask_for_reads(batch, [Assignment(case, person.pk) for case in cases])
    carry_jobs(held)
    return list(Read.objects.filter(reader=person).order_by("case__number"))


def carry_jobs(held: Frozen) -> None:
    """Every due job, each with a chance of its own: the n-th of its kind draws the same in both worlds."""
    while job := Job.objects.claimable(timezone.now()).order_by("pk").first():
        nth = Job.objects.filter(kind=job.kind, pk__lt=job.pk).count()
        now = held.now
        held.begin(f"{held.label.partition(';')[0]}; {nth}. {job.kind}")
        held.now = now
        with chance_of_each_read(held):
            carry_job(job.pk)


@contextmanager
def chance_of_each_read(held: Frozen) -> Iterator[None]:
    """The draws of one read do not depend on how many timepoints another has."""
    original: Any = vars(issuing)["draw_steps"]

    def drawn(presentation: str, seed: bytes, read_token: str, *rest: Any) -> Any:
        label, counted = held.label, held.drawn
        held.label, held.drawn = f"{label} {read_token}", Counter()
        try:
            return original(presentation, seed, read_token, *rest)
        finally:
            held.label, held.drawn = label, counted

    with patch.object(issuing, "draw_steps", drawn):
        yield


def content_of(exposure: Exposure) -> tuple[int, int]:
    """Which subject and slot an exposure shows, by its pixels."""
    image = ExposureFilm.objects.filter(exposure=exposure, side="L", view="hand").values_list("reader_image", flat=True)
    return by_key()[str(image.get())]


@cache
def by_key() -> dict[str, tuple[int, int]]:
    """Subject and slot by the key of the left hand."""
    return {content_token("image", n, s, "hand-L"): (n, s) for n in range(SUBJECTS) for s in range(SLOTS)}


def grade(world: World, who: str, subject: int, slot: int, item: Item) -> int:
    """What a reader gives: by pixels alone; the second disagrees about discordant subjects."""
    base = (subject + slot + world.secrets.tilt) % 3
    disagrees = who == "reader.two" and subject in world.secrets.discordant and slot == 0
    return min(5, base + 2) if disagrees else base


def read_and_sign(world: World, held: Frozen, who: str, read: Read, *, until: str = "signed") -> None:
    """A reader at work on one read: "opened" leaves it filled and unsigned."""
    held.begin(f"{who} reads {read.case.number}")
    while open_step(read):
        fill_read(read, lambda exposure, item: grade(world, who, *content_of_cached(exposure), item))
        read.refresh_from_db()
        if until != "signed":
            break
        sign(read, PASSWORD)


def content_of_cached(exposure: Exposure) -> tuple[int, int]:
    """Once per exposure object."""
    found: tuple[int, int] | None = getattr(exposure, "content_shown", None)
    if found is None:
        found = content_of(exposure)
        exposure.content_shown = found  # type: ignore[attr-defined]
    return found


def build_reading(world: World, held: Frozen) -> None:
    """The reader has signed one case, filled another and not begun the third; the others as the secrets say."""
    mine = issue(world, held, "reader")
    if world.secrets.others != "none":
        theirs = issue(world, held, "reader.two")
        for read in theirs if world.secrets.others == "signed" else []:
            read_and_sign(world, held, "reader.two", read)
    if world.secrets.begun:
        read_and_sign(world, held, "reader", mine[0])
        read_and_sign(world, held, "reader", mine[1], until="opened")
    held.begin("after reading")
    carry_jobs(held)


def build_adjudicating(world: World, held: Frozen) -> None:
    """Both readers have signed every case; what the charter sends to the adjudicator has been issued."""
    for who in ("reader", "reader.two"):
        for read in issue(world, held, who):
            read_and_sign(world, held, who, read)
    held.begin("after reading")
    carry_jobs(held)


def build_another_trial() -> None:
    """A trial of other people, which is to answer as if it were not there."""
    trial = Trial.objects.create(code="ELSE", title="Another trial")
    site = Site.objects.create(trial=trial, code="E1", name="Hospital E1")
    Subject.objects.create(trial=trial, site=site, code="E-1")
