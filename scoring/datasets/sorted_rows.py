"""The rows of a table in the order of their key columns, sorted on disk: few rows are in memory at a time."""

from __future__ import annotations

import csv
import heapq
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from types import TracebackType
from typing import IO, Self

from config.unnamed_files import on_disk

RUN = 10_000
READ_BYTES = 1 << 16
Key = tuple[str, ...]
Values = list[str]
Pair = tuple[Key, Values]


class SortedRows:
    """A CSV file, read once and sorted by its key columns; can be iterated repeatedly, one row for each key."""

    def __init__(self, lines: Iterable[str], key: Sequence[str]) -> None:
        self.file: IO[bytes] = on_disk()
        rows = csv.reader(lines)
        self.names = next(rows)
        self.places = [self.names.index(name) for name in key]
        self.runs: list[tuple[int, int]] = []
        while run := list(islice(rows, RUN)):
            self.write(run)
        self.file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[Pair]:
        """Key and values in order; the last in the file of rows with the same key."""
        merged = heapq.merge(*(self.read(*run) for run in self.runs), key=lambda pair: pair[0])
        for _, same in groupby(merged, key=lambda pair: pair[0]):
            for last in same:
                pair = last
            yield pair

    def key_of(self, values: Values) -> Key:
        """The key of a row."""
        return tuple(values[place] for place in self.places)

    def named(self, values: Values) -> dict[str, str]:
        """A row as a mapping by column name."""
        return dict(zip(self.names, values, strict=True))

    def write(self, run: list[Values]) -> None:
        """Appends rows, sorted, to the file."""
        start = self.file.tell()
        for values in sorted(run, key=self.key_of):
            self.file.write(json.dumps(values).encode() + b"\n")
        self.runs.append((start, self.file.tell()))

    def read(self, start: int, end: int) -> Iterator[Pair]:
        """The rows between two positions in the file; several ranges are read in turn, each at its own position."""
        left = b""
        while start < end:
            content = os.pread(self.file.fileno(), min(READ_BYTES, end - start), start)
            start += len(content)
            *lines, left = (left + content).split(b"\n")
            for line in lines:
                values = json.loads(line)
                yield self.key_of(values), values
