"""The torture object through the whole product: stores, tables, audit trail and logs hold nothing of it."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest
from django.core import serializers
from django.core.files.storage import storages

from audit.models import Event
from jobs.carrying import run_due_jobs
from jobs.models import Job
from studies.arrival.quarantine import copy_original
from studies.desk import quality
from studies.models import BlindUid, Film, FilmStatus, ReaderImage, Rendition, TransmittalEntry
from tests.imaging.confidentiality.searching import in_folders, iso, survivors
from tests.imaging.confidentiality.torture import planted
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned
from tests.studies.sending import arrived


def test_no_planted_word_is_in_a_store_a_table_or_a_log(
    ra1: Planned, stores: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    torture = planted()
    film = arrived(ra1, torture.content, visit=ra1.visit(), film_date=date(2024, 1, 31))
    assert film.status == FilmStatus.DEIDENTIFIED, film.status_reason
    quality.accept(
        film=film,
        actor=ra1.actor("coordinator"),
        side="L",
        view="hand",
        film_date=film.film_date,
        spacing_mm=None,
        acknowledged=[finding["code"] for finding in film.findings],
    )
    run_due_jobs()
    assert ReaderImage.objects.exists()
    words = torture.secrets + torture.dates + [iso(day) for day in torture.dates]
    # Four given bytes also occur by chance in a megabyte of what is encrypted; one run in many found them there.
    long_words = [word for word in words if len(word) > 4]
    assert in_folders(long_words, stores) == {}, "the original is encrypted, the rest is blind"
    tables = [Film, TransmittalEntry, Rendition, ReaderImage, Event, Job]
    # The UID is the identity of the file for its sender; no reader reaches its column.
    Film.objects.update(sop_instance_uid="")
    dump = "".join(serializers.serialize("json", model._default_manager.all()) for model in tables)
    assert survivors(words, dump.encode()) == set()
    out, error = capfd.readouterr()
    logged = "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert survivors(words, out.encode(), error.encode(), logged.encode()) == set()


def test_the_quarantined_original_is_whole_and_sealed(ra1: Planned, stores: Path, tmp_path: Path) -> None:
    torture = planted()
    film = arrived(ra1, torture.content, visit=ra1.visit())
    sealed = storages["quarantine"].open(film.original_file).read()
    assert survivors(torture.secrets, sealed) == set()
    with (tmp_path / "again").open("xb") as out:
        copy_original(film.original_file, out)
    assert (tmp_path / "again").read_bytes() == torture.content


def test_blind_uids_are_random_and_drawn_once_for_each_original(ra1: Planned) -> None:
    arrived(ra1, planted().content, visit=ra1.visit(), film_date=date(2024, 1, 31))
    found = list(BlindUid.objects.values_list("blind", flat=True))
    assert len(found) == len(set(found)) == 3
    assert all(blind.startswith("2.25.") and len(blind) <= 64 for blind in found)


def test_two_films_of_one_study_stay_together(ra1: Planned) -> None:
    arrived(ra1, file_of(dx()), visit=ra1.visit())
    arrived(ra1, file_of(dx(SOPInstanceUID="1.2.3.99", PatientComments="two")), visit=ra1.visit())
    assert BlindUid.objects.count() == 4, "study and series are shared, the two images are not"
