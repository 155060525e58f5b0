"""Whether stored dataset packages are still what was built, by their root."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from django.core.files.storage import storages

from audit.verify_files import Checked
from jobs.work_folders import work_folder
from scoring.datasets import verifier
from scoring.models import Dataset


def packages(after: str) -> Iterator[Checked]:
    """Each stored package, unpacked and compared with its root."""
    datasets = Dataset.objects.exclude(folder="").order_by("pk")
    for dataset in (datasets.filter(pk__gt=int(after)) if after else datasets).iterator():
        yield Checked(str(dataset.pk), "scoring_dataset", faults_of(dataset))


def faults_of(dataset: Dataset) -> list[str]:
    """What is wrong with one package, in words."""
    try:
        with work_folder() as folder, storages["exports"].open(dataset.folder) as file, zipfile.ZipFile(file) as packed:
            packed.extractall(folder)
            (unpacked,) = folder.iterdir()
            return [f"in its package, {fault}" for fault in verifier.verify(unpacked, dataset.root)]
    except OSError:
        return ["its package is missing"]
    except (zipfile.BadZipFile, ValueError):
        return ["its package cannot be unpacked"]
