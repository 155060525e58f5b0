"""A folder for one job: what is identified in it is gone when the job is, however the job ends."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages

from studies.arrival.quarantine import check_room, copy_original
from studies.models import Film


@contextmanager
def work_folder() -> Iterator[Path]:
    """Readable by this account only; shared with the decoder server."""
    check_room()
    root = Path(settings.WORK_FOLDER)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="film-") as name:
        yield Path(name)


def original_in(folder: Path, film: Film) -> Path:
    """The film's original in the clear."""
    path = folder / "original"
    with path.open("xb") as file:
        copy_original(film.original_file, file)
    return path


def keep_tree(folder: Path, name: str) -> None:
    """Stores every file under `folder` in the store of blind images, as `name`/path."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            keep_file(path, f"{name}/{path.relative_to(folder).as_posix()}")


def keep_file(path: Path, name: str) -> None:
    """Stores one file in the store of blind images."""
    with path.open("rb") as file:
        storages["reading"].save(name, File(file))


def drop_file(name: str) -> None:
    """Forgets one file that was stored by a job that came to nothing."""
    storages["reading"].delete(name)


def drop_tree(name: str) -> None:
    """Forgets what was stored under `name` by a job that came to nothing."""
    store = storages["reading"]
    try:
        folders, files = store.listdir(name)
    except FileNotFoundError:
        return
    for file in files:
        store.delete(f"{name}/{file}")
    for folder in folders:
        drop_tree(f"{name}/{folder}")
    store.delete(name)
