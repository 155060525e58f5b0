"""Subjects, visits and ready films of a whole trial, written to the tables in bulk. Films have rows and no files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from config.tokens import new_token
from studies.models import Film, ReaderImage, Rendition, Site, Subject, Trial, Visit, VisitPlan
from studies.sealed_links import PAD_TO, binding, image_index, seal_of
from studies.sealing_key import sealed_bytes

VIEWS = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))
FIRST_DAY = date(2025, 1, 6)
AT_ONCE = 2000
PREVIEW = "images/bench/preview.jpg"


def chunks(rows: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    """The rows in batches."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def add_subjects(trial: Trial, count: int) -> list[Subject]:
    """Subjects at ten sites, each with a visit for every plan; records from the demo's plan are kept."""
    sites = list(trial.sites.all())
    sites += Site.objects.bulk_create(Site(trial=trial, code=f"{place:02d}") for place in range(len(sites) + 1, 11))
    Visit.objects.filter(subject__trial=trial).delete()
    Subject.objects.filter(trial=trial).delete()
    subjects = Subject.objects.bulk_create(
        Subject(trial=trial, site=sites[n % len(sites)], code=f"B{n:04d}") for n in range(count)
    )
    plans = list(VisitPlan.objects.filter(trial=trial).order_by("target_day"))
    Visit.objects.bulk_create(
        [Visit(subject=subject, plan=plan, code=plan.code) for subject in subjects for plan in plans], AT_ONCE
    )
    return subjects


def add_films(trial: Trial, subjects: Sequence[Subject]) -> None:
    """Adds four ready films to every visit, each with its own reader image; all have the same preview."""
    storages["reading"].save(PREVIEW, ContentFile(b"\xff\xd8\xff\xd9"))
    visits = Visit.objects.filter(subject__in=subjects).select_related("subject", "plan")
    for some in chunks(list(visits), 500):
        films = Film.objects.bulk_create(film_of(trial, visit, *view) for visit in some for view in VIEWS)
        images = ReaderImage.objects.bulk_create(image_row() for _ in films)
        Rendition.objects.bulk_create(map(rendition_of, films, images))


def film_of(trial: Trial, visit: Visit, side: str, view: str) -> Film:
    """A film that was accepted at the desk."""
    unique, plan = new_token(), visit.plan
    return Film(
        trial=trial,
        site_id=visit.subject.site_id,
        subject=visit.subject,
        visit=visit,
        status="ready",
        channel="command",
        original_name="film.dcm",
        original_file=unique,
        size=1,
        sha256=hashlib.sha256(unique.encode()).hexdigest(),
        side=side,
        view=view,
        film_date=FIRST_DAY + timedelta(days=plan.target_day if plan else 0),
        film_date_source="confirmed",
    )


def image_row() -> ReaderImage:
    """A reader image whose bands have digests and no files."""
    key = new_token()
    digest = hashlib.sha256(key.encode()).hexdigest()
    bands = {
        level: [{"name": f"images/{key}/{level}/{k}", "rows": 8, "sha256": digest} for k in range(count)]
        for level, count in (("small", 1), ("full", 4))
    }
    bands["preview"] = [{"name": PREVIEW}]
    return ReaderImage(key=key, rows=32, columns=24, window_center=2048, window_width=4096, bands=bands, joints={})


def rendition_of(film: Film, image: ReaderImage) -> Rendition:
    """The sealed link between the two."""
    sealed = sealed_bytes(image.key.encode(), bound_to=binding(film.pk, film.side), pad_to=PAD_TO)
    return Rendition(
        film=film,
        side=film.side,
        view=film.view,
        index=image_index(image.key),
        sealed_image=sealed,
        image_seal=seal_of(image),
    )
