"""The tables of a stored dataset that its results are made from. Nothing readable of them is left on a disk."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import TextIO

import instruments
from config.process_cache import Kept
from config.unnamed_files import in_memory, on_disk, path_of
from reading.charter.versions import terms_of
from scoring.endpoint.by_arm.analysis_rows import NEEDED, AnalysisRow, read_analysis
from scoring.endpoint.films import params_of
from scoring.endpoint.pooled.disposition import Line
from scoring.endpoint.pooled.results import PooledResults, results_of
from scoring.models import Dataset
from studies.arrival.sealed_files import copy_export

ANALYSIS = "analysis.csv"
# What results are made from, besides the criteria.
USED = frozenset({*NEEDED, "site", "basetype", "target_day", "ady", "reason", "film_date"})
kept = Kept[PooledResults](size=16)


def scores_of(dataset: Dataset) -> tuple[str, ...]:
    """The scores of the dataset's instrument; none where the trial plans no visit that was read."""
    instrument = instruments.get(terms_of(dataset.campaign.charter).instrument)
    return params_of(instrument) if dataset.counts["rows"][ANALYSIS] else ()


def results_in(dataset: Dataset, score: str) -> PooledResults:
    """The results of a dataset for one score, computed once for its root in this process."""
    return kept.of((dataset.pk, score), dataset.root, lambda: computed(dataset, score))


def computed(dataset: Dataset, score: str) -> PooledResults:
    """The results from the stored package."""
    with on_disk() as file:
        copy_export(dataset.folder, file)
        with zipfile.ZipFile(file) as archive:
            rows = analysis_in(archive, score) if score else []
            return results_of(rows, lines_in(archive, "cases.csv"), lines_in(archive, "events.csv"))


def analysis_in(archive: zipfile.ZipFile, score: str) -> list[AnalysisRow]:
    """The rows of analysis.csv for one score, by way of a file in memory."""
    with in_memory() as file, opened_lines(archive, ANALYSIS) as lines:
        rows = csv.reader(lines)
        head = next(rows)
        pick = itemgetter(*(at for at, name in enumerate(head) if name in USED or name.startswith("crit")))
        score_of = itemgetter(head.index("param"))
        with io.TextIOWrapper(file, "utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(pick(head))
            writer.writerows(pick(row) for row in rows if score_of(row) == score)
            text.flush()
            return read_analysis(path_of(file))


def lines_in(archive: zipfile.ZipFile, name: str) -> list[Line]:
    """The rows of a small table."""
    with opened_lines(archive, name) as lines:
        return list(csv.DictReader(lines))


@contextmanager
def opened_lines(archive: zipfile.ZipFile, name: str) -> Iterator[TextIO]:
    """A file inside the package's folder."""
    (entry,) = [entry for entry in archive.namelist() if entry.endswith(f"/{name}")]
    with archive.open(entry) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as lines:
        yield lines
