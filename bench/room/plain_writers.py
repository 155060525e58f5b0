"""A plain script for the rows of a package: each file is written again, with nothing checked or computed.

Reading the rows is not timed. CSV and JSON by the standard library, transport files by pyreadstat, Parquet by pyarrow.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet
import pyreadstat

SLICE = 50_000


class Clock:
    """Elapsed seconds of each piece of work, and the processor seconds of all."""

    def __init__(self) -> None:
        self.used = 0.0

    def __call__(self, work: Callable[[], Any]) -> float:
        """The seconds that it takes."""
        began, used = time.perf_counter(), time.process_time()
        work()
        self.used += time.process_time() - used
        return time.perf_counter() - began


def every_file(folder: Path) -> tuple[dict[str, float], float]:
    """Seconds by kind of file, and for a zip of all files and their digests; and the processor seconds of all."""
    took: dict[str, float] = defaultdict(float)
    seconds = Clock()
    with tempfile.TemporaryDirectory(prefix="blindread-bench-") as name:
        target = Path(name) / "target"
        for path in sorted(folder.rglob("*")):
            if writer := WRITERS.get(path.suffix):
                took[path.suffix[1:]] += writer(path, target, seconds)
        took["zip and digests"] = seconds(lambda: zipped(folder, target))
    return dict(took), seconds.used


def in_slices(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """The rows in batches, so that a large file fits into memory."""
    while some := list(islice(rows, SLICE)):
        yield some


def plain_csv(path: Path, target: Path, seconds: Clock) -> float:
    """The writer of the standard library."""
    with path.open(encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        return sum(seconds(partial(writer.writerows, some)) for some in in_slices(csv.reader(source)))


def plain_json(path: Path, target: Path, seconds: Clock) -> float:
    """One json.dumps per row."""

    def write(some: list[Any]) -> None:
        file.writelines(json.dumps(row) + "\n" for row in some)

    with path.open(encoding="ascii") as source, target.open("w", encoding="ascii") as file:
        return sum(seconds(partial(write, some)) for some in in_slices(map(json.loads, source)))


def plain_transport(path: Path, target: Path, seconds: Clock) -> float:
    """pyreadstat, from a polars frame."""
    frame = pl.read_parquet(path.with_suffix(".parquet"))
    return seconds(
        lambda: pyreadstat.write_xport(frame, str(target), table_name=path.stem.upper(), file_format_version=5)
    )


def plain_parquet(path: Path, target: Path, seconds: Clock) -> float:
    """pyarrow, the whole table at once."""
    table = pyarrow.parquet.read_table(path)
    return seconds(lambda: pyarrow.parquet.write_table(table, target, compression="zstd"))


def zipped(folder: Path, target: Path) -> None:
    """All files in one zip, and the digest of each."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                archive.write(path)
                with path.open("rb") as file:
                    hashlib.file_digest(file, "sha256")


WRITERS = {".csv": plain_csv, ".ndjson": plain_json, ".xpt": plain_transport, ".parquet": plain_parquet}
