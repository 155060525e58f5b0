"""Stored files without a database row: a process was killed between storing a file and writing its row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.core.files.storage import Storage, storages
from django.utils import timezone
from django.utils.module_loading import import_string

from config.stored_folders import STORED_FOLDERS
from studies.arrival.work_folder import drop_tree
from studies.models import Film, ReaderImage

log = logging.getLogger(__name__)

# Long enough for an administrator who has restored an older database to find the files received after it.
KEPT = timedelta(days=7)
AT_ONCE = 500
# Too many files without a row are more likely a sign of the wrong database than of that many killed processes.
FEW, SHARE = 10, 20
Known = Callable[[list[str]], Iterable[str]]


class TooMany(Exception):
    """More files without a row than killed processes explain: nothing is deleted until a person has checked."""


def clear() -> None:
    """Deletes files that are older than `KEPT` and have no row."""
    for (store, folder), known in STORED_FOLDERS.items():
        names = within(storages[store], folder)
        left = [
            name
            for name in unknown(names, import_string(known))
            if changed_at(storages[store], name) < timezone.now() - KEPT
        ]
        if len(left) > FEW + len(names) // SHARE:
            raise TooMany(f"{len(left)} of {len(names)} under {folder}")
        for name in left:
            drop_tree(name, store=store)
        if left:
            log.info("%s files under %s belonged to no row and were deleted", len(left), folder)


def originals(names: list[str]) -> Iterable[str]:
    return Film.objects.filter(original_file__in=names).values_list("original_file", flat=True)


def blind_objects(names: list[str]) -> Iterable[str]:
    return Film.objects.filter(blind_file__in=names).values_list("blind_file", flat=True)


def desk_pictures(names: list[str]) -> Iterable[str]:
    return Film.objects.filter(desk_folder__in=names).values_list("desk_folder", flat=True)


def reader_images(names: list[str]) -> Iterable[str]:
    keys = [name.removeprefix("images/") for name in names]
    return [f"images/{key}" for key in ReaderImage.objects.filter(key__in=keys).values_list("key", flat=True)]


def within(store: Storage, folder: str) -> list[str]:
    """What is stored in a folder of STORED_FOLDERS."""
    above, of_records, _ = folder.partition("/*")
    names = listed(store, above)
    return [name for record in names for name in listed(store, record)] if of_records else names


def listed(store: Storage, folder: str) -> list[str]:
    """Files and folders directly under a folder; none if the folder does not exist."""
    try:
        folders, files = store.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [f"{folder}/{name}" for name in (*folders, *files)]


def unknown(names: list[str], known: Known) -> Iterator[str]:
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        found = set(known(some))
        yield from (name for name in some if name not in found)


def changed_at(store: Storage, name: str) -> datetime:
    """When the file was written, or the newest one in the folder."""
    times = [changed_at(store, path) for path in listed(store, name)]
    return max(times) if times else store.get_modified_time(name)
