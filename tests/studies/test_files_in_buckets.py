"""Everything that films need works with its files in the buckets of an S3 server, as it does in folders."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import storages
from django.utils import timezone

from imaging.bitpacking import decode
from jobs.carrying import run_due_jobs
from reading.room.films import read_band
from studies.arrival import leftovers
from studies.arrival.quarantine import copy_original
from studies.arrival.sealed_files import export_pieces, export_size, keep_export
from studies.desk.pictures import part
from studies.models import FilmStatus, Rendition
from studies.sealed_links import image_of
from tests.object_store import object_store, stores_in_buckets
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import Planned
from tests.studies.sending import arrived
from tests.studies.test_straight_line_of_a_film import accept

__all__ = ["object_store", "stores_in_buckets"]


LEFT = [("quarantine", "originals/left"), ("reading", "desk/left/full/0"), ("reading", "images/left/small/0")]


def objects(client: Any, bucket: str) -> dict[str, bytes]:
    listed = client.list_objects_v2(Bucket=f"store-of-{bucket}").get("Contents", ())
    return {one["Key"]: client.get_object(Bucket=f"store-of-{bucket}", Key=one["Key"])["Body"].read() for one in listed}


def test_a_film_goes_from_upload_to_reader_image_and_only_the_reader_image_is_readable_in_a_bucket(
    ra1: Planned, stores_in_buckets: Any
) -> None:
    sent = file_of(dx())
    film = arrived(ra1, sent, visit=ra1.visit())
    assert part(film.desk_folder, "preview.jpg")[1] == "image/jpeg"
    accept(ra1, film)
    run_due_jobs()
    film.refresh_from_db()
    assert film.status == FilmStatus.READY
    image = image_of(Rendition.objects.get(film=film))
    shown = [read_band(image, "full", number) for number in range(len(image.bands["full"]))]
    assert np.array_equal(decode(shown, image.rows, image.columns), picture())
    (original,) = objects(stores_in_buckets, "quarantine").values()
    assert sent[200:400] not in original
    readable = {name for name, content in objects(stores_in_buckets, "reading").items() if content in shown}
    assert readable == {one["name"] for one in image.bands["full"]}


def test_files_without_a_row_are_cleared_from_buckets_after_a_week_and_no_others(
    ra1: Planned, stores_in_buckets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    kept = {name: objects(stores_in_buckets, name) for name in ("quarantine", "reading")}
    for store, name in LEFT:
        storages[store].save(name, io.BytesIO(b"half"))
    leftovers.clear()
    assert all(storages[store].exists(name) for store, name in LEFT)
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=8))
    leftovers.clear()
    assert {name: objects(stores_in_buckets, name) for name in kept} == kept
    out = io.BytesIO()
    copy_original(film.original_file, out)
    assert out.getvalue() == file_of(dx())


def test_a_package_is_encrypted_in_its_bucket_and_downloaded_as_it_was(stores_in_buckets: Any, tmp_path: Path) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(bytes(range(256)) * 10_000)
    keep_export(package, "datasets/1.zip")
    assert b"".join(export_pieces("datasets/1.zip")) == package.read_bytes()
    assert export_size("datasets/1.zip") == package.stat().st_size
    (stored,) = objects(stores_in_buckets, "exports").values()
    assert bytes(range(256)) not in stored
