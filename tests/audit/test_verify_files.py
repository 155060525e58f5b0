"""Stored files are checked against their digests; a check that was stopped goes on where it ended."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from audit.findings import Report
from audit.verify_files import check_files
from scoring.models import Dataset
from studies.arrival.quarantine import keep_original
from studies.models import Film, ReaderImage


@pytest.fixture
def stored(line: None) -> list[Film]:
    """The films of a finished trial, each with an original in the store."""
    films = list(Film.objects.order_by("pk"))
    for film in films:
        content = f"original {film.pk}".encode()
        name = keep_original(iter([content]))
        sha256 = hashlib.sha256(content).hexdigest()
        Film.objects.filter(pk=film.pk).update(original_file=name, sha256=sha256, size=len(content))
        film.refresh_from_db()
    return films


def checked(state: Path) -> Report:
    report = Report()
    check_files(report, state)
    return report


def replace(store: str, name: str, content: bytes) -> None:
    storages[store].delete(name)
    storages[store].save(name, ContentFile(content))


def test_every_file_of_a_trial_is_checked(stored: list[Film], tmp_path: Path) -> None:
    report = checked(tmp_path / "state.json")
    assert report.findings == []
    assert report.files == len(stored) + ReaderImage.objects.count() + Dataset.objects.count()


def test_altered_and_missing_files_are_named(stored: list[Film], tmp_path: Path) -> None:
    storages["quarantine"].delete(stored[0].original_file)
    replace("quarantine", stored[1].original_file, storages["quarantine"].open(stored[2].original_file).read())
    image, other = ReaderImage.objects.order_by("pk")[:2]
    replace("reading", image.bands["full"][0]["name"], b"x")
    replace("reading", other.bands["preview"][0]["name"], b"another preview")
    dataset = Dataset.objects.get()
    packed = io.BytesIO(storages["exports"].open(dataset.folder).read())
    replace("exports", dataset.folder, packed.getvalue()[:-40])
    found = {(finding.table, finding.row) for finding in checked(tmp_path / "state.json").findings}
    assert found == {
        ("studies_film", str(stored[0].pk)),
        ("studies_film", str(stored[1].pk)),
        ("studies_readerimage", image.pk),
        ("studies_readerimage", other.pk),
        ("scoring_dataset", str(dataset.pk)),
    }


def test_a_stopped_check_goes_on_where_it_ended(stored: list[Film], tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    kept = {"done": [], "last": str(stored[-2].pk), "files": len(stored) - 1, "found": []}
    state.write_text(json.dumps(kept))
    storages["quarantine"].delete(stored[0].original_file)  # checked before the stop
    report = checked(state)
    assert report.findings == []
    assert report.files == len(stored) + ReaderImage.objects.count() + Dataset.objects.count()
    assert not state.exists()
