"""Whether stored dataset packages are still what was built, by their root."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from audit.verify_files import Checked
from config.unnamed_files import on_disk
from jobs.work_folders import work_folder
from scoring.datasets import verifier
from scoring.models import Dataset
from studies.arrival.quarantine import Tampered
from studies.arrival.sealed_files import copy_export


def packages(after: str) -> Iterator[Checked]:
    """Each stored package, unpacked and compared with its root."""
    datasets = Dataset.objects.exclude(folder="").order_by("pk")
    for dataset in (datasets.filter(pk__gt=int(after)) if after else datasets).iterator():
        yield Checked(str(dataset.pk), "scoring_dataset", faults_of(dataset))


def faults_of(dataset: Dataset) -> list[str]:
    """What is wrong with one package, in words."""
    try:
        with work_folder() as folder, on_disk() as file:
            copy_export(dataset.folder, file)
            with zipfile.ZipFile(file) as packed:
                packed.extractall(folder)
            (unpacked,) = folder.iterdir()
            return [f"in its package, {fault}" for fault in verifier.verify(unpacked, dataset.root)]
    except OSError:
        return ["its package is missing"]
    except (zipfile.BadZipFile, Tampered, ValueError):
        return ["its package cannot be unpacked"]
