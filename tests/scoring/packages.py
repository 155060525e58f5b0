"""Stored packages of datasets, as a statistician downloads them."""

from __future__ import annotations

import io
import zipfile

from scoring.models import Dataset
from studies.arrival.sealed_files import copy_export


def package_bytes(dataset: Dataset) -> bytes:
    """The package, decrypted."""
    with io.BytesIO() as file:
        copy_export(dataset.folder, file)
        return file.getvalue()


def package_of(dataset: Dataset) -> zipfile.ZipFile:
    """The package as an archive."""
    return zipfile.ZipFile(io.BytesIO(package_bytes(dataset)))
