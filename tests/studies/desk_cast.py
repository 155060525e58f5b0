"""The people and films of the desk's tests: two trials, two sites, a coordinator, a checker, films with pictures."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.trail import Actor
from imaging.bitpacking import encode
from imaging.levels import Levels, NormalForm, preview, quarter
from studies.arrival.sealed_files import keep_padded
from studies.desk import quality
from studies.models import Film, FilmStatus, Membership, ReaderImage, Rendition, Site, Subject, Trial, Visit, VisitPlan
from studies.sealed_links import image_of, link

NUMBERS = count(1)
ROWS, COLUMNS = 250, 200
CONFIRMED: dict[str, Any] = {"side": "L", "view": "hand", "film_date": date(2024, 3, 1), "spacing_mm": 0.1}
TEXT = {"code": "text", "text": "There may be text in the picture.", "boxes": [[10, 10, 40, 12]]}


@dataclass
class DeskCast:
    """One trial with two subjects at two sites, and who works in it."""

    trial: Trial
    sites: list[Site]
    subjects: list[Subject]
    visits: list[Visit]
    coordinator: Actor
    checker: Actor
    reader: Actor
    outsider: Actor


def person(trial: Trial, role: Role, name: str = "", site: Site | None = None) -> Actor:
    """A user with one role in the trial."""
    name = name or f"{role.value} {next(NUMBERS)}"
    user = User.objects.create(email=f"{name.replace(' ', '.')}@{trial.code}.example".lower(), name=name)
    Membership.objects.create(
        trial=trial, user=user, role=role, site=site, reason="tests", first_used_at=timezone.now()
    )
    return Actor(user_id=user.pk, label=name, role=role)


def make_cast(code: str = "RA-1") -> DeskCast:
    """A trial as it stands when its first films arrive."""
    trial = Trial.objects.create(code=code, title="Trial")
    sites = [Site.objects.create(trial=trial, code=number) for number in ("01", "02")]
    plans = [
        VisitPlan.objects.create(trial=trial, code=word, label=word, target_day=day)
        for word, day in (("BL", 0), ("W52", 364))
    ]
    subjects = [Subject.objects.create(trial=trial, site=site, code=f"{site.code}-001") for site in sites]
    visits = [
        Visit.objects.create(subject=subject, plan=plan, code=plan.code) for subject in subjects for plan in plans
    ]
    return DeskCast(
        trial=trial,
        sites=sites,
        subjects=subjects,
        visits=visits,
        coordinator=person(trial, Role.COORDINATOR),
        checker=person(trial, Role.CHECKER),
        reader=person(trial, Role.READER),
        outsider=person(Trial.objects.create(code=f"{code}-X", title="Another"), Role.COORDINATOR),
    )


def levels(seed: int = 0, rows: int = ROWS, columns: int = COLUMNS) -> Levels:
    """A picture with a gradient, a bright square and some noise."""
    values = np.add.outer(np.arange(rows), np.arange(columns)) * 4
    values = values + np.random.default_rng(seed).integers(0, 40, values.shape)
    values[rows // 3 : rows // 2, columns // 3 : columns // 2] += 900
    picture: Levels = values.astype(np.uint16)
    return picture


def store_picture(folder: str, picture: Levels) -> None:
    """The files of a desk folder, as de-identification leaves them."""
    form = NormalForm(picture, 900.0, 2400)
    bands = {"small": encode(quarter(picture), 1), "full": encode(picture, 4)}
    files = {f"{level}/{number}": band for level, parts in bands.items() for number, band in enumerate(parts)}
    meta = {
        "rows": picture.shape[0],
        "columns": picture.shape[1],
        "window_center": form.window_center,
        "window_width": form.window_width,
        "bands": {level: [hashlib.sha256(band).hexdigest() for band in parts] for level, parts in bands.items()},
    }
    files |= {"preview.jpg": preview(form), "meta.json": json.dumps(meta).encode()}
    for name, content in files.items():
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(content)
            keep_padded(Path(file.name), f"{folder}/{name}")


def film_at_desk(cast: DeskCast, **values: Any) -> Film:
    """A film that waits for a decision, with a picture of its own."""
    number = next(NUMBERS)
    visit = values.pop("visit", cast.visits[0])
    film = Film.objects.create(
        **{
            "trial": cast.trial,
            "site": visit.subject.site if visit else cast.sites[0],
            "subject": visit.subject if visit else None,
            "visit": visit,
            "status": FilmStatus.DEIDENTIFIED,
            "channel": "browser",
            "original_name": "film.dcm",
            "original_file": f"original-{number}",
            "size": 1,
            "sha256": f"{number:064x}",
            "pixel_sha256": f"{number:064x}",
            "side": "L",
            "view": "hand",
            "film_date": date(2024, 3, 1),
            "film_date_source": "header",
            "spacing_mm": 0.1,
            "desk_folder": f"desk/{number:08x}",
            **values,
        }
    )
    store_picture(film.desk_folder, levels(number))
    return film


def ready(film: Film, side: str = "", key: str = "") -> Rendition:
    """The reader image of an accepted film, as the rendition job leaves it."""
    picture = levels(film.pk)
    image = ReaderImage.objects.create(
        key=key or f"key-{film.pk}-{side or film.side}",
        rows=picture.shape[0],
        columns=picture.shape[1],
        window_center=900,
        window_width=2400,
        bands={},
    )
    Film.objects.filter(pk=film.pk).update(status=FilmStatus.READY)
    film.status = FilmStatus.READY
    newest = film.mask_sets.order_by("-revision").first()
    return link(film=film, side=side or film.side, view=film.view, image=image, masks=newest)


def store_image(image: ReaderImage, picture: Levels) -> None:
    """The files of a reader image, as the rendition job leaves them."""
    parts = {"small": encode(quarter(picture), 1), "full": encode(picture, 4)}
    parts["preview"] = [preview(NormalForm(picture, 900.0, 2400))]
    bands: dict[str, list[dict[str, Any]]] = {}
    for level, contents in parts.items():
        for number, content in enumerate(contents):
            name = storages["reading"].save(f"images/{image.key}/{level}/{number}", ContentFile(content))
            bands.setdefault(level, []).append({"name": name, "sha256": hashlib.sha256(content).hexdigest()})
    ReaderImage.objects.filter(pk=image.pk).update(bands=bands)
    image.bands = bands


def browser(actor: Actor) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return client


def imaged(cast: DeskCast, **values: Any) -> Rendition:
    """A film accepted with CONFIRMED, or with other values, and its reader image with all its files."""
    film = film_at_desk(cast)
    quality.accept(film=film, actor=cast.coordinator, **(CONFIRMED | values))
    film.refresh_from_db()
    rendition = ready(film)
    store_image(image_of(rendition), levels(film.pk))
    return rendition
