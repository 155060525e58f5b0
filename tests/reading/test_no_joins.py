"""Who holds the database and the files, but no key, cannot tell which film a reader image was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.db import models

from imaging.bitpacking import encode
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Read
from scoring.consensus.sealed_result import sealed_result
from studies.desk import joints, quality
from studies.models import Film, Rendition, Site, Subject, Visit
from studies.sealed_links import image_of
from tests.reading.builders import BuiltTrial, build_reading_trial, fill_read, open_campaign_of, sign
from tests.reading.greedy import matched
from tests.reading.joined_sides import (
    DumpedTables,
    JoinedColumns,
    JoinedSide,
    blind_side,
    identity_side,
    named_together,
)
from tests.reading.joining import JoinedTruth, chance, in_groups, links
from tests.studies.films import dx, file_of
from tests.studies.sending import sent_by
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db
SUBJECTS, VISITS = 12, ("W00", "W24")
# Two detectors at each of two sites: matrix size and spacing are all that a film and its image may have in common.
FORMATS = (((96, 72), (104, 72)), ((96, 80), (112, 80)))
SPACING = 0.1
IDENTITY = {"studies_film", "studies_subject", "studies_visit", "studies_site", "studies_transmittal"}
IDENTITY |= {"studies_maskset", "studies_jointplacement", "studies_qualitydecision", "studies_question"}
BLIND = {"studies_readerimage", "reading_displayedfilm", "reading_displayedtimepoint", "reading_case", "reading_read"}
BLIND |= {"reading_itemscore", "scoring_caseresult"}
# Rows of a whole trial or of a person: everything is connected through them, so they identify nothing.
SHARED = {
    "studies_trial",
    "accounts_user",
    "accounts_signature",
    "reading_campaign",
    "reading_batch",
    "reading_sitting",
}


# The kinds of columns that there must be on each side.
FOUND_OF_FILMS = (
    *("studies_film.", "studies_visit.", "studies_subject.", "studies_transmittal.", "studies_transmittalentry."),
    *("studies_rendition.", "studies_qualitydecision.", "studies_jointplacement.", "desk file", "original file"),
    *("job studies.deidentify.", "job studies.rendition.", "event studies.film.received on studies_film."),
)
FOUND_OF_IMAGES = (
    *("studies_readerimage.", "image file", "reading_displayedfilm of", "reading_filmserved of", "reading_case of"),
    *("reading_sealedtimepoint of", "reading_sealedcase of", "reading_signedvalues of", "accounts_signature of"),
    *("scoring_caseresult of", "score of", "sum of scores of", "job reading.issue of", "job scoring.consensus of"),
    *("event reading.batch.issued on reading_displayedfilm of", "event reading.scores.saved on reading_itemscore of"),
)


@pytest.fixture
def stores(tmp_path: Path, settings: Any) -> Path:
    """Stores of this test alone."""
    settings.STORAGES = {
        name: {**store, "OPTIONS": {"location": str(tmp_path / name)}} if "OPTIONS" in store else store
        for name, store in settings.STORAGES.items()
    }
    return tmp_path


def pixels(number: int, rows: int, columns: int) -> Any:
    """Noise of its own, not in the order of arrival: packed sizes differ as those of films do."""
    chance = np.random.default_rng(number)
    y, x = np.mgrid[0:rows, 0:columns]
    return (x * 9 + y * 12 + chance.integers(0, 8 + 37 * (7 * number % 24), x.shape)).astype(np.uint16)


def build(stores: Path) -> BuiltTrial:
    """A trial whose films come in at the door from two sites, pass the desk, are read by two readers, with results."""
    built_trial = build_reading_trial(subjects=0, visits=VISITS)
    sites = [
        built_trial.trial.sites.order_by("pk")[0],
        Site.objects.create(trial=built_trial.trial, code="09", name="Second"),
    ]
    record_rows(built_trial.trial.code, sites[1:])
    plans = list(built_trial.trial.visit_plans.order_by("target_day"))
    built_trial.subjects = [
        Subject.objects.create(trial=built_trial.trial, site=sites[n % 2], code=f"S{n:03d}") for n in range(SUBJECTS)
    ]
    for number, subject in enumerate(built_trial.subjects):
        for place, plan in enumerate(plans):
            visit = Visit.objects.create(subject=subject, plan=plan, code=plan.code)
            day = date(2024, 1, 1) + timedelta(days=plan.target_day + number)
            pass_through(built_trial, visit, number * len(plans) + place, day, FORMATS[number % 2][number // 2 % 2])
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=SUBJECTS)
    run_due_jobs()
    draw = Random(8)
    for read in Read.objects.order_by("pk"):
        fill_read(read, lambda timepoint, item: draw.choice(item.allowed))
        sign(read)
    run_due_jobs()
    return built_trial


def pass_through(built_trial: BuiltTrial, visit: Visit, number: int, day: date, matrix: tuple[int, int]) -> None:
    """One film from the door to its reader image with joints."""
    coordinator, window = built_trial.actor("coordinator"), 2000 + 7 * number
    known: dict[str, Any] = {
        "SOPInstanceUID": f"1.2.3.{number + 1}",
        "PatientID": visit.subject.code,
        "WindowWidth": window,
    }
    content = file_of(dx(pixels(number, *matrix), StudyDate=f"{day:%Y%m%d}", WindowCenter=1000 + 3 * number, **known))
    film = sent_by(built_trial.trial, visit.subject.site, built_trial.actor("site"), content, visit=visit).film
    assert film is not None
    run_due_jobs()
    film.refresh_from_db()
    codes = [finding["code"] for finding in film.findings]
    confirmed: dict[str, Any] = {"side": "L", "view": "hand", "film_date": day, "spacing_mm": SPACING}
    quality.accept(film=film, actor=coordinator, acknowledged=codes, **confirmed)
    run_due_jobs()
    place = {"MCP2": [10.0 + number, 20.0 + 2 * number], "PIP2": [11.5 + number, 3.5]}
    joints.place(film=film, side="L", actor=coordinator, joints=place)


def test_no_value_and_no_rank_of_the_dump_or_the_files_links_an_image_to_its_film(stores: Path) -> None:
    build(stores)
    groups, tables = alike(), DumpedTables()
    films, images = identity_side(stores, tables), blind_side(stores, tables)
    tried, found = links(films.columns, images.columns, groups)
    assert found == [], found[:40]
    assert tried > 100_000
    assert lacking(films, FOUND_OF_FILMS) == lacking(images, FOUND_OF_IMAGES) == []
    assert named_together() == set()
    identity, blind = in_groups(groups)
    right = matched(identity.telling(films.columns), blind.telling(images.columns), groups)
    assert chance(right, len(groups)) > 0.001, f"{right} of {len(truth_of(groups))} linked"


def lacking(side: JoinedSide, wanted: Sequence[str]) -> list[str]:
    """Which of these beginnings no column has: what is not there was not tried."""
    return [start for start in wanted if not any(name.startswith(start) for name in side.columns)]


def test_a_planted_link_is_found_by_value_by_rank_by_correlation_and_by_the_matcher() -> None:
    groups = [{f"image {n}": n for n in range(start, start + 6)} for start in (1, 7, 13, 19)]
    films: JoinedColumns = {"planted": {film: 1000 + film for film in truth_of(groups).values()}}
    equal: JoinedColumns = {"planted": {image: 1000 + film for image, film in truth_of(groups).items()}}
    alike: JoinedColumns = {"planted": {image: 3.5 * film for image, film in truth_of(groups).items()}}
    assert [one.split(":")[0] for one in links(films, equal, groups)[1]] == ["value", "rank", "correlation"]
    assert [one.split(":")[0] for one in links(films, alike, groups)[1]] == ["rank", "correlation"]
    assert chance(matched(films, equal, groups), len(groups)) < 0.001


def alike() -> list[JoinedTruth]:
    """The true links, in groups of one site, matrix size and spacing, which are known of films and images."""
    groups: dict[Any, JoinedTruth] = {}
    for rendition in Rendition.objects.select_related("film"):
        image = image_of(rendition)
        known = (rendition.film.site_id, image.rows, image.columns, image.spacing_mm)
        groups.setdefault(known, {})[image.key] = rendition.film_id
    assert sum(map(len, groups.values())) == SUBJECTS * len(VISITS) == Film.objects.ready().count()
    assert len(groups) == 4
    return list(groups.values())


def truth_of(groups: list[JoinedTruth]) -> JoinedTruth:
    """All true links."""
    return {image: film for truth in groups for image, film in truth.items()}


def test_no_path_of_foreign_keys_leads_from_what_readers_see_to_an_identity_in_either_direction() -> None:
    reached = {model._meta.db_table for model in apps.get_models() if model._meta.db_table in BLIND}
    assert reached == BLIND
    waiting = list(reached)
    while waiting:
        fresh = {table for table in neighbours(waiting.pop()) if table not in SHARED} - reached
        reached |= fresh
        waiting += fresh
    assert reached & (IDENTITY | {"studies_rendition"}) == set()


def neighbours(table: str) -> Iterator[str]:
    """The tables that a table refers to, and those that refer to it."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                ends = model._meta.db_table, field.related_model._meta.db_table
                if table in ends:
                    yield ends[ends[0] == table]


def test_the_numbers_of_a_result_are_unreadable_and_of_one_length_whatever_their_order() -> None:
    one, other = (
        sealed_result(case=1, version=1, readers=[1, 2], numbers={"totals": totals}, one_sided=[], interval=(0, 0))
        for totals in ([3, 90], [90, 3])
    )
    assert len(one) == len(other)
    assert json.dumps([3, 90]).encode() not in one


def test_packed_sizes_of_the_films_of_this_test_differ() -> None:
    assert len({len(encode(pixels(number, 96, 72), 1)[0]) for number in range(SUBJECTS)}) > SUBJECTS // 2
