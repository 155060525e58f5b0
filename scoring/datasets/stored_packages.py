"""Checks that stored packages of datasets and transfers are still as built, by their root."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from audit.verify_files import Checked
from config.unnamed_files import on_disk
from jobs.work_folders import work_folder
from scoring.datasets import verifier
from scoring.models import Dataset, DataTransfer
from studies.arrival.quarantine import Tampered
from studies.arrival.sealed_files import copy_export


def packages(after: str) -> Iterator[Checked]:
    """Each stored package, unpacked and compared with its root."""
    return checked(Dataset.objects.exclude(folder=""), after)


def transfer_packages(after: str) -> Iterator[Checked]:
    """The same for transfers that have a separate package."""
    return checked(DataTransfer.objects.exclude(folder="").filter(lock=None), after)


def datasets_with_a_row(names: list[str]) -> Iterable[str]:
    """The names under which the package of a dataset is recorded."""
    return Dataset.objects.filter(folder__in=names).values_list("folder", flat=True)


def transfers_with_a_row(names: list[str]) -> Iterable[str]:
    """The names under which the package of a transfer is recorded."""
    return DataTransfer.objects.filter(folder__in=names).values_list("folder", flat=True)


def checked(kept: QuerySet[Dataset] | QuerySet[DataTransfer], after: str) -> Iterator[Checked]:
    """Each package after a key, in the order of the keys."""
    table = kept.model._meta.db_table
    for one in kept.filter(pk__gt=int(after or 0)).order_by("pk").iterator():
        yield Checked(str(one.pk), table, faults_of(one.folder, one.root))


def faults_of(stored: str, root: str) -> list[str]:
    """The fault of one package, in words."""
    try:
        with work_folder() as folder, on_disk() as file:
            copy_export(stored, file)
            with zipfile.ZipFile(file) as packed:
                packed.extractall(folder)
            (unpacked,) = folder.iterdir()
            return [f"in its package, {fault}" for fault in verifier.verify(unpacked, root)]
    except OSError:
        return ["its package is missing"]
    except (zipfile.BadZipFile, Tampered, ValueError):
        return ["its package cannot be unpacked"]
