"""From the door to the reader image, through the real jobs and the real decoder."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import storages

from audit.models import Event
from imaging.bitpacking import decode
from jobs.carrying import run_due_jobs
from scoring.datasets.package import harmless
from studies.arrival import intake
from studies.desk import masks, quality
from studies.models import Film, FilmStatus, Rendition
from studies.sealed_links import image_of
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import Planned
from tests.studies.sending import arrived, send

ACKNOWLEDGED = ["spacing-missing", "text", "acquisition", "retake", "same-pixels", "outside-window"]


def accept(planned: Planned, film: Film, **values: object) -> None:
    quality.accept(
        film=film,
        actor=planned.actor("coordinator"),
        side=str(values.get("side", "L")),
        view="hand",
        film_date=film.film_date,
        spacing_mm=0.1,
        acknowledged=ACKNOWLEDGED,
    )


def test_a_film_goes_from_the_door_to_a_reader_image(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    assert (film.status, film.status_reason) == (FilmStatus.DEIDENTIFIED, "")
    assert (film.side, film.view, film.film_date, film.film_date_source) == ("L", "hand", date(2024, 1, 31), "header")
    accept(ra1, film)
    run_due_jobs()
    film.refresh_from_db()
    assert film.status == FilmStatus.READY
    image = image_of(Rendition.objects.get(film=film))
    bands = [storages["reading"].open(band["name"]).read() for band in image.bands["full"]]
    assert [hashlib.sha256(band).hexdigest() for band in bands] == [band["sha256"] for band in image.bands["full"]]
    assert np.array_equal(decode(bands, image.rows, image.columns), picture())
    recorded = set(Event.objects.filter(stream="RA-1").values_list("action", flat=True))
    assert {
        "studies.film.received",
        "studies.film.deidentified",
        "studies.film.accepted",
        "studies.film.rendered",
    } <= recorded


def test_the_random_key_of_a_reader_image_stands_in_a_dataset_as_it_is(
    ra1: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = secrets.token_urlsafe
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: f"-{drawn(size)[1:]}")
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    accept(ra1, film)
    run_due_jobs()
    key = image_of(Rendition.objects.get(film=film)).key
    assert harmless(key) == key


def test_masks_are_constant_in_the_reader_image_and_nothing_else_changes(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    drawn = masks.propose(film=film, actor=ra1.actor("coordinator"), rectangles=[[10, 20, 30, 40]])
    accept(ra1, film)
    run_due_jobs()
    film.refresh_from_db()
    assert film.status == FilmStatus.ACCEPTED, "a second person has not looked yet"
    masks.confirm(mask_set=drawn, actor=ra1.actor("checker"))
    run_due_jobs()
    image = image_of(Rendition.objects.get(film=film))
    shown = decode([storages["reading"].open(b["name"]).read() for b in image.bands["full"]], image.rows, image.columns)
    expected = picture()
    expected[20:60, 10:40] = 2048
    assert np.array_equal(shown, expected)


def test_a_bilateral_film_becomes_one_reader_image_for_each_side(ra1: Planned) -> None:
    pixels = picture(96, 160)
    film = arrived(ra1, file_of(dx(pixels, ImageLaterality="B")), visit=ra1.visit())
    cuts = {"L": [0, 0, 80, 96], "R": [80, 0, 80, 96]}
    drawn = masks.propose(film=film, actor=ra1.actor("coordinator"), rectangles=[], crops=cuts)
    accept(ra1, film, side="B")
    masks.confirm(mask_set=drawn, actor=ra1.actor("checker"))
    run_due_jobs()
    for side, left in (("L", 0), ("R", 80)):
        image = image_of(Rendition.objects.get(film=film, side=side))
        parts = [storages["reading"].open(band["name"]).read() for band in image.bands["full"]]
        assert np.array_equal(decode(parts, image.rows, image.columns), pixels[:, left : left + 80])


def test_the_same_bytes_again_are_a_duplicate_and_leave_one_original(ra1: Planned, stores: Path) -> None:
    content = file_of(dx())
    first, again = send(ra1, content, visit=ra1.visit()), send(ra1, content, visit=ra1.visit())
    assert (first.outcome, again.outcome, again.film) == ("filed", "duplicate", first.film)
    assert Film.objects.count() == 1
    assert first.film is not None
    assert [path.name for path in (stores / "quarantine" / "originals").iterdir()] == [
        first.film.original_file.rpartition("/")[2]
    ]


def test_a_film_without_a_date_is_held_until_the_site_adds_it(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    assert film.status == FilmStatus.HELD
    assert film.status_reason == "The film has no film date. Please add it."
    intake.complete(film=film, actor=ra1.actor("site 01"), film_date=date(2024, 2, 2))
    run_due_jobs()
    film.refresh_from_db()
    assert (film.status, film.film_date, film.film_date_source) == (FilmStatus.DEIDENTIFIED, date(2024, 2, 2), "site")


@pytest.mark.parametrize("inverted", [False, True])
def test_the_polarity_chosen_at_the_desk_is_the_one_that_readers_see(inverted: bool, ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(PresentationLUTShape="INVERSE")), visit=ra1.visit())
    quality.accept(
        film=film,
        actor=ra1.actor("coordinator"),
        side="L",
        view="hand",
        film_date=film.film_date,
        spacing_mm=0.1,
        acknowledged=["polarity"],
        inverted=inverted,
    )
    run_due_jobs()
    image = image_of(Rendition.objects.get(film=film))
    bands = [storages["reading"].open(band["name"]).read() for band in image.bands["full"]]
    expected = 4095 - picture() if inverted else picture()
    assert np.array_equal(decode(bands, image.rows, image.columns), expected)
