"""The rows that events record, kept on disk during a verification: its memory does not grow with the trail.

An insert-only row is recorded once, in one chain. A tracked row is recorded at each change, in one trial.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from audit.findings import Report
from audit.rows import Digest
from audit.tracking import TrackedDigest

CHUNK = 500
TABLE = (
    "CREATE TABLE recorded (kind TEXT, tbl TEXT, key TEXT, digest TEXT, version INTEGER, at TEXT, home TEXT,"
    " event TEXT, PRIMARY KEY (kind, tbl, key)) WITHOUT ROWID"
)
ADD = "INSERT OR IGNORE INTO recorded VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
REPLACE = "INSERT OR REPLACE INTO recorded VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
FIND = "SELECT digest, version, event, at, home FROM recorded WHERE kind = ? AND tbl = ? AND key = ?"
NEXT = "SELECT key FROM recorded WHERE kind = ? AND tbl = ? AND key > ? AND digest <> '' ORDER BY key LIMIT ?"
TABLES = "SELECT tbl, COUNT(*) FROM recorded WHERE kind = ? GROUP BY tbl ORDER BY tbl"


class Kind(StrEnum):
    """How a row is recorded: once, when it is made, or whenever it changes."""

    MADE = "made"
    TRACKED = "tracked"


@dataclass(frozen=True)
class RecordedRow:
    """The valid record of a row: its digest (empty: deleted), the version of its declaration, and the event."""

    digest: str
    version: int
    event: str


class RecordedRows:
    """The valid record of each row, and a finding for each record that contradicts another."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.store = sqlite3.connect("")  # a temporary file, which disappears with the connection
        self.store.execute(TABLE)

    def hear(self, stream: str, event: str, at: str, rows: Sequence[Digest], tracked: Sequence[TrackedDigest]) -> None:
        """Adds the rows that one event records."""
        for table, key, digest in rows:
            self._hear_made((Kind.MADE, table, key, digest, 0, at, stream, event))
        home = stream.partition("/")[0]
        for table, key, version, digest in tracked:
            self._hear_tracked((Kind.TRACKED, table, key, digest, version, at, home, event))

    def _hear_made(self, recorded: tuple[str, str, str, str, int, str, str, str]) -> None:
        if self.store.execute(ADD, recorded).rowcount:
            return
        _, table, key, digest, _, _, stream, event = recorded
        first, _, first_event, _, home = self.store.execute(FIND, recorded[:3]).fetchone()
        if digest != first:
            self.report.found(
                "recorded twice", table, key, f"event {event} records different content from event {first_event}"
            )
        if stream != home:
            self._elsewhere(table, key, event, first_event)

    def _hear_tracked(self, recorded: tuple[str, str, str, str, int, str, str, str]) -> None:
        if self.store.execute(ADD, recorded).rowcount:
            return
        _, table, key, _, _, at, home, event = recorded
        _, _, last_event, last_at, first_home = self.store.execute(FIND, recorded[:3]).fetchone()
        if home != first_home:
            self._elsewhere(table, key, event, last_event)
        elif at >= last_at:
            self.store.execute(REPLACE, recorded)

    def _elsewhere(self, table: str, key: str, event: str, first_event: str) -> None:
        text = f"event {event} records it in a different chain from that of event {first_event}, where it belongs"
        self.report.found("recorded elsewhere", table, key, text)

    def of(self, kind: Kind, table: str, key: str) -> RecordedRow | None:
        """The valid record of one row."""
        found = self.store.execute(FIND, (kind, table, key)).fetchone()
        return RecordedRow(*found[:3]) if found else None

    def tables(self, kind: Kind) -> dict[str, int]:
        """The tables with recorded rows, and the number of rows in each."""
        return dict(self.store.execute(TABLES, (kind,)).fetchall())

    def keys(self, kind: Kind, table: str) -> Iterator[list[str]]:
        """The keys of the rows that should exist, in batches."""
        last = ""
        while chunk := [key for (key,) in self.store.execute(NEXT, (kind, table, last, CHUNK))]:
            yield chunk
            last = chunk[-1]
