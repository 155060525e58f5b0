"""Builds a trial whose films are ready, straight into the tables: what campaigns begin with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor
from config.tokens import new_token
from imaging.bitpacking import encode
from instruments.definition import Item
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.versions import draft_charter, sign_charter
from reading.models import Campaign, DisplayedTimepoint, LeakScan, LeakScanStatus, Qualification, Read, ReadStep
from reading.room.cells import cells_of, instrument_of, timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.served import keep_served
from reading.room.sessions import open_read
from reading.room.signing import canonical_text, canonical_values, digest_of, sign_step
from reading.room.steps import open_step
from reading.views.review import meanings_for
from studies.arrival.quarantine import keep_original
from studies.models import Film, Membership, ReaderImage, Site, Subject, Trial, Visit, VisitPlan
from studies.sealed_links import link
from tests.tracking import record_new_rows

PASSWORD = "correct horse battery staple"
PREVIEW = b"\xff\xd8\xff\xd9"
VIEWS = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))


@cache
def hashed_password() -> str:
    """Hashed once: Argon2 is slow on purpose."""
    return make_password(PASSWORD)


@dataclass
class BuiltTrial:
    """A trial with people, subjects, visits and ready films."""

    trial: Trial
    people: dict[str, User]
    subjects: list[Subject]
    visits: list[str]
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person of that name in their role."""
        return self.actors[name]

    def signs(self, name: str) -> dict[str, Any]:
        """What a function takes from a person who signs: who acts, whose signature, the password."""
        return {"actor": self.actors[name], "user": self.people[name], "password": PASSWORD}


def build_reading_trial(
    subjects: int = 3, visits: tuple[str, ...] = ("W00", "W24", "W52"), code: str = "TWO"
) -> BuiltTrial:
    """A trial of this many subjects, everyone qualified."""
    trial = Trial.objects.create(code=code, title="A trial")
    sites = [Site.objects.create(trial=trial, code=number) for number in ("01", "02")]
    people, actors = build_people(trial, sites[0])
    plans = [
        VisitPlan.objects.create(trial=trial, code=name, label=name, target_day=int(name[1:]) * 7) for name in visits
    ]
    made = [Subject.objects.create(trial=trial, site=sites[n % 2], code=f"S{n:03d}") for n in range(subjects)]
    kept = Visit.objects.bulk_create(Visit(subject=one, plan=plan, code=plan.code) for one in made for plan in plans)
    days = {plan.code: date(2025, 1, 1) + timedelta(days=plan.target_day) for plan in plans}
    add_ready_films((visit, side, view, days[visit.code]) for visit in kept for side, view in VIEWS)
    record_new_rows(code)
    return BuiltTrial(trial, people, made, list(visits), actors)


def build_people(trial: Trial, site: Site) -> tuple[dict[str, User], dict[str, Actor]]:
    """One person per role and a second reader; passwords are all PASSWORD."""
    names = {role.value: role for role in Role if role not in (Role.SYSTEM, Role.ADMINISTRATOR)}
    names |= {"reader.two": Role.READER}
    people, actors = {}, {}
    for name, role in names.items():
        user = User(email=f"{name}@{trial.code.lower()}.example", name=name)
        user.password = hashed_password()
        user.save()
        Membership.objects.create(
            trial=trial,
            user=user,
            role=role,
            site=site if role == Role.SITE else None,
            reason="test",
            first_used_at=timezone.now(),
        )
        people[name], actors[name] = user, Actor(user.pk, user.name, role)
        if role in (Role.READER, Role.ADJUDICATOR):
            Qualification.objects.create(trial=trial, reader=user, instrument="larsen-1995", evidence="test set")
            Qualification.objects.create(trial=trial, reader=user, instrument="svdh", evidence="test set")
    return people, actors


def add_ready_film(visit: Visit, side: str, view: str, day: date) -> Film:
    """A ready film with a small reader image of its own."""
    return add_ready_films([(visit, side, view, day)])[0]


def add_ready_films(wanted: Iterable[tuple[Visit, str, str, date]]) -> list[Film]:
    """A ready film of each visit, side, view and date, with a small reader image of its own."""
    films = Film.objects.bulk_create(ready_film(*one) for one in wanted)
    for film, image in zip(films, ReaderImage.objects.bulk_create(stored_image() for _ in films), strict=True):
        link(film=film, side=film.side, view=film.view, image=image)
    return films


def ready_film(visit: Visit, side: str, view: str, day: date) -> Film:
    """The row of a film, not yet in the tables, with its original in the quarantine."""
    unique = new_token()
    return Film(
        trial=visit.subject.trial,
        site=visit.subject.site,
        subject=visit.subject,
        visit=visit,
        status="ready",
        channel="command",
        original_name="film.dcm",
        original_file=keep_original(iter([unique.encode()])),
        size=1,
        sha256=hashlib.sha256(unique.encode()).hexdigest(),
        side=side,
        view=view,
        film_date=day,
        film_date_source="confirmed",
    )


def stored_image() -> ReaderImage:
    """A 32 x 24 reader image, not yet in the tables, with its bands in the reading store."""
    key = new_token()
    bands: dict[str, list[dict[str, object]]] = {
        "preview": [{"name": f"images/{key}/preview.jpg", "sha256": hashlib.sha256(PREVIEW).hexdigest()}]
    }
    storages["reading"].save(f"images/{key}/preview.jpg", ContentFile(PREVIEW))
    for level, parts in encoded_levels().items():
        bands[level] = []
        for number, (band, digest) in enumerate(parts):
            name = f"images/{key}/{level}/{number}"
            storages["reading"].save(name, ContentFile(band))
            bands[level].append({"name": name, "sha256": digest})
    return ReaderImage(key=key, rows=32, columns=24, window_center=2048, window_width=4096, bands=bands)


@cache
def encoded_levels() -> dict[str, list[tuple[bytes, str]]]:
    """The bands of every image with their digests."""
    levels = np.random.default_rng(32).integers(0, 4096, (32, 24), dtype=np.uint16)
    encoded = {"small": encode(levels[::4, ::4].copy(), 1), "full": encode(levels, 4)}
    return {level: [(band, hashlib.sha256(band).hexdigest()) for band in bands] for level, bands in encoded.items()}


# A grade, or None for a site that is not assessable.
GradeOf = Callable[[DisplayedTimepoint, Item], int | None]


NOT_ASSESSABLE = "IMAGE"


def nothing_wrong(timepoint: DisplayedTimepoint, item: Item) -> int:
    """No damage anywhere."""
    return 0


def fill_read(read: Read, grade_of: GradeOf = nothing_wrong, step: ReadStep | None = None) -> int:
    """Enters a value in every cell of a step, by default the open one; `grade_of(timepoint, item)` gives the grade."""
    actor = Actor(read.reader_id, str(read.reader), "reader")
    step = step or open_step(read)
    assert step is not None
    open_read(read=read, actor=actor, step=step)
    read.refresh_from_db()
    timepoints = timepoints_of(step)
    serve_films(read, timepoints)
    cells = cells_of(timepoints)
    operations = [
        Operation(
            op_id=new_token(),
            timepoint=timepoint.token,
            item=item.key,
            value=(grade := grade_of(timepoint, item)),
            reason="" if grade is not None else NOT_ASSESSABLE,
            base_revision=0,
            captured_at=timezone.now(),
            seen_at=timezone.now(),
            entry="key",
            dwell_ms=10,
        )
        for timepoint in timepoints
        for item in instrument_of(read).items
        if (timepoint.pk, item.key) not in cells
    ]
    return len(save_values(read=read, actor=actor, operations=operations, step=step).outcomes)


def serve_films(read: Read, timepoints: Sequence[DisplayedTimepoint]) -> None:
    """The films of these timepoints were sent to the reader's screen at full size."""
    films = [film for timepoint in timepoints for film in timepoint.films.all() if film.reader_image_id]
    keep_served(read=read, actor=Actor(read.reader_id, str(read.reader), "reader"), films=films)


def sign(read: Read, password: str = PASSWORD, step: ReadStep | None = None) -> None:
    """Signs a full step, by default the open one."""
    step = step or open_step(read)
    assert step is not None
    sign_step(
        read=read,
        step=step,
        actor=Actor(read.reader_id, str(read.reader), "reader"),
        user=read.reader,
        password=password,
        meaning=next(iter(meanings_for(read))),
        shown_digest=digest_of(canonical_text(canonical_values(read, step))),
    )


def read_through(read: Read, grade_of: GradeOf = nothing_wrong) -> None:
    """Fills and signs step after step until the read is signed."""
    while open_step(read):
        fill_read(read, grade_of)
        sign(read)
        read.refresh_from_db()


def open_campaign_of(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """A signed charter and an open campaign over all subjects and visits."""
    coordinator = built_trial.actor("coordinator")
    charter = draft_charter(trial=built_trial.trial, actor=coordinator, terms={"instrument": "larsen-1995", **terms})
    charter = sign_charter(
        charter=charter, actor=coordinator, user=built_trial.people["coordinator"], password=PASSWORD
    )
    campaign = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="C1", title="First")
    scanned(campaign)
    subjects, visits = built_trial.subjects, built_trial.visits
    open_campaign(campaign=campaign, actor=coordinator, subjects=subjects, visits=visits, without_baseline=True)
    campaign.refresh_from_db()
    return campaign


def scanned(campaign: Campaign) -> None:
    """A leak scan that found nothing, as stored: without one no campaign opens."""
    LeakScan.objects.create(campaign=campaign, number=1, status=LeakScanStatus.CLEAN, finished_at=timezone.now())
    record_new_rows(campaign.trial.code)


def change_first(read: Read, value: int) -> None:
    """Corrects the first item of the first timepoint of a returned read."""
    operation_on(read, timepoints_of(read.steps.get())[0], value)


def operation_on(read: Read, timepoint: DisplayedTimepoint, value: int, key: str = "") -> None:
    """Enters a value for an item of a timepoint, by default the first, replacing its current value."""
    instrument = instrument_of(read)
    item = instrument.item(key) if key else instrument.items[0]
    cell = cells_of([timepoint]).get((timepoint.pk, item.key))
    operation = Operation(
        op_id=new_token(),
        timepoint=timepoint.token,
        item=item.key,
        value=value,
        reason="",
        base_revision=cell.revision if cell else 0,
        captured_at=timezone.now(),
        seen_at=timezone.now(),
        entry="click",
        dwell_ms=5,
        change_reason="judged-again",
        change_note="The erosion is plain on a second look",
    )
    serve_films(read, [timepoint])
    save_values(read=read, actor=Actor(read.reader_id, str(read.reader), "reader"), operations=[operation])


def begun(client: Client, path: str) -> Any:
    """The screen of a case as its reader gets it by beginning the case, or the refusal."""
    return client.post(path, follow=True)
