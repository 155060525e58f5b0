"""The input and the stored form of a report by arm: neither is written to a disk in readable form."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import storages
from django.views.decorators.debug import sensitive_variables

from config.unnamed_files import in_memory, on_disk, path_of
from scoring.arms.opening_shares import revealed
from scoring.datasets.package import ZIP_TIME
from scoring.datasets.verifier import MANIFEST
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow, read_analysis
from scoring.endpoint.by_arm.opened_dataset import ANALYSIS
from scoring.endpoint.by_arm.report import ArmReport, files_of
from scoring.models import ArmsRequest, Dataset
from studies.arrival.sealed_files import copy_export

FOLDER = "by-arm-UNBLINDED"


@dataclass(frozen=True)
class LockedDataset:
    """A stored package: its manifest, its root, and the rows of analysis.csv."""

    about: dict[str, Any]
    root: str
    rows: list[AnalysisRow]


def locked_dataset(dataset: Dataset) -> LockedDataset:
    """The package of a dataset, unpacked into unnamed files."""
    with on_disk() as package, in_memory() as rows:
        copy_export(dataset.folder, package)
        with zipfile.ZipFile(package) as archive:
            names = {entry.rpartition("/")[2]: entry for entry in archive.namelist() if entry.count("/") == 1}
            about = json.loads(archive.read(names[MANIFEST]))
            with archive.open(names[ANALYSIS]) as packed:
                shutil.copyfileobj(packed, rows)
        rows.flush()
        return LockedDataset(about, dataset.root, read_analysis(path_of(rows)))


@sensitive_variables()
def arms_in(asked: ArmsRequest) -> dict[str, str]:
    """The arm of every subject that was read and has one, by subject code."""
    with storages["exports"].open(asked.folder) as file:
        content = revealed(file.read(), asked.folder)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = [entry for entry in archive.namelist() if entry.endswith("/arms.csv")]
        lines = csv.DictReader(io.StringIO(archive.read(name).decode("utf-8")))
        return {line["SUBJID"]: line["ARM"] for line in lines if line["ARM"]}


@sensitive_variables()
def zipped(report: ArmReport) -> bytes:
    """The files of the report as a zip, made in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files_of(report):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


@sensitive_variables()
def file_in(content: bytes, name: str) -> str | None:
    """One file of such a zip; None if it has no file of that name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = f"{FOLDER}/{name}"
        return archive.read(entry).decode("utf-8") if entry in archive.namelist() else None
