"""The files of one job: a folder for blind files, and the original in an unnamed file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import storages

from config.unnamed_files import in_memory
from jobs import work_folders
from studies.arrival.quarantine import check_room, copy_original
from studies.arrival.sealed_files import copy_padded
from studies.models import Film


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder shared with the decoder server; refused while there is too little disk space."""
    check_room()
    with work_folders.work_folder() as folder:
        yield folder


@contextmanager
def opened_original(film: Film) -> Iterator[IO[bytes]]:
    """The film's unencrypted original: no folder lists it, and it disappears when this process ends."""
    with in_memory() as file:
        copy_original(film.original_file, file)
        yield file


@contextmanager
def opened_blind(film: Film) -> Iterator[IO[bytes]]:
    """The film's blind object, whose pixels may still show text that only a mask hides."""
    with in_memory() as file:
        copy_padded(film.blind_file, file)
        yield file


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
    """Deletes one file that was stored by a failed job."""
    storages["reading"].delete(name)


def drop_tree(name: str, store: str = "reading") -> None:
    """Deletes a stored file, or everything stored under `name`, of a failed job."""
    place = storages[store]
    try:
        folders, files = place.listdir(name)
    except (FileNotFoundError, NotADirectoryError):
        folders, files = [], []
    for file in files:
        place.delete(f"{name}/{file}")
    for folder in folders:
        drop_tree(f"{name}/{folder}", store)
    place.delete(name)
