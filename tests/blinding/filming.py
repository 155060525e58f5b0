"""The films of a world: rows straight into the tables with all that a file brings, pixels by the product's packing."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from audit.trail import Actor, audited_atomic, record
from imaging.bitpacking import encode
from studies.arrival.quarantine import SealedUpload
from studies.models import (
    Film,
    Question,
    QuestionMessage,
    ReaderImage,
    Site,
    Subject,
    Trial,
    Visit,
    VisitPlan,
)
from studies.sealed_links import link
from tests.blinding.secrets_of import SLOTS, SUBJECTS, VIEWS
from tests.blinding.worlds import FOREIGN_FIRST, OWN_FIRST, World, content_token


@cache
def pixels_of(subject: int, slot: int, view: str) -> dict[str, list[bytes]]:
    """Bands and preview of a small film, made by the product's own packing."""
    chance = np.random.default_rng(int(content_token(subject, slot, view)[:8], 16))
    levels = chance.integers(0, 4096, (16, 12), dtype=np.uint16)
    preview = b"\xff\xd8\xff\xe0" + chance.bytes(40) + b"\xff\xd9"
    return {"small": encode(levels[::4, ::4].copy(), 1), "full": encode(levels, 2), "preview": [preview]}


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
    record_films(world, trial)
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
            original_file=original_of(name),
            size=4000 + place,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            side=side,
            view=view,
            film_date=day,
            film_date_source="confirmed",
            header={"StudyDate": f"{day:%Y%m%d}", "Manufacturer": secrets.names, "StationName": f"room {place}"},
        )
        film.save(force_insert=True)
        link(film=film, side=side, view=view, image=image_of(number, slot, f"{view}-{side}"))


def original_of(name: str) -> str:
    """The original of a film in the quarantine, under the same name in every run."""
    stored, store = content_token("original", name), storages["quarantine"]
    if not store.exists(stored):
        store.save(stored, SealedUpload(iter([name.encode()]), stored))
    return stored


def record_films(world: World, trial: Trial) -> None:
    """What the trail records of films on their way in, and what their headers say."""
    with audited_atomic():
        for film in Film.objects.filter(trial=trial, status="ready").order_by("view", "side", "subject_id")[:4]:
            subject = ("studies.film", str(film.pk))
            recorded: dict[str, dict[str, object]] = {
                "studies.film.received": {"size": film.size, "channel": film.channel},
                "studies.film.deidentified": dict(film.header),
            }
            for action, details in recorded.items():
                record(action=action, actor=Actor.system("intake"), stream="TWO", subject=subject, details=details)


def image_of(number: int, slot: int, view: str) -> ReaderImage:
    """The reader image of a film, its files in the store."""
    key, pixels = content_token("image", number, slot, view), pixels_of(number, slot, view)
    store = storages["reading"]
    bands: dict[str, list[dict[str, object]]] = {"preview": [{"name": f"images/{key}/preview.jpg"}]}
    for level in ("small", "full"):
        bands[level] = [
            {"name": f"images/{key}/{level}/{place}", "sha256": hashlib.sha256(part).hexdigest()}
            for place, part in enumerate(pixels[level])
        ]
    for level, parts in pixels.items():
        for where, part in zip(bands[level], parts, strict=True):
            if not store.exists(str(where["name"])):
                store.save(str(where["name"]), ContentFile(part))
    return ReaderImage.objects.create(key=key, rows=16, columns=12, window_center=2048, window_width=4096, bands=bands)


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
