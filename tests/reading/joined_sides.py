"""What an insider without keys finds about a film and about a reader image: rows, files, events and jobs, by column."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from audit.rows import model_of

JoinedColumn = dict[Any, Any]  # film or image -> the value there
JoinedColumns = dict[str, JoinedColumn]
JoinedRow = dict[str, Any]
RowKey = tuple[str, str]  # table and key
FoundRow = tuple[str, JoinedRow]  # table and row
# The rows above a film, which belong to it, and those above what was shown of an image.
ABOVE_FILM = {"studies_visit", "studies_subject", "studies_site", "studies_visitplan", "studies_transmittal"}
ABOVE_SHOWN = {"reading_displayedtimepoint", "reading_readstep", "reading_read", "reading_case", "accounts_signature"}
# What a job names by a word of its payload.
NAMED_BY_JOBS = {"film": "studies_film", "read": "reading_read", "case": "reading_case"}


def rows_of(table: str) -> Iterator[JoinedRow]:
    """The rows as the database gives them, with their place."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        for place, values in enumerate(cursor.fetchall()):
            yield {"(place)": place, **dict(zip(names, values, strict=True))}


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A column and, where it holds JSON, everything in it."""
    value = parsed(value)
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        yield name, json.dumps(value, sort_keys=True)
        for key, inner in inside:
            yield from leaves(f"{name}.{key}", inner)
    elif value is not None and value != "":
        yield name, value
        if isinstance(value, str):
            yield f"{name} (length)", len(value)


def parsed(value: Any) -> Any:
    """Bytes as hex, and JSON as what it says."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    with contextlib.suppress(ValueError):
        return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
    return value


def key_of(table: str, row: JoinedRow) -> RowKey:
    """The table and key of a row."""
    pk = model_of(table)._meta.pk
    assert pk is not None
    assert pk.column is not None
    return table, str(row[pk.column])


@cache
def references(table: str) -> tuple[tuple[str, str], ...]:
    """The foreign keys of a table: the column, and the table it refers to."""
    fields = model_of(table)._meta.concrete_fields
    return tuple((one.column, one.related_model._meta.db_table) for one in fields if isinstance(one, ForeignKey))


@cache
def referring_to(table: str) -> tuple[tuple[str, str], ...]:
    """Every table with a foreign key to this one, and its column."""
    tables = [model._meta.db_table for model in apps.get_models()]
    return tuple((one, column) for one in tables for column, other in references(one) if other == table)


class DumpedTables:
    """The rows of the dump, each table fetched once."""

    def __init__(self) -> None:
        self.fetched: dict[str, dict[str, JoinedRow]] = {}
        self.indexed: dict[RowKey, dict[str, list[JoinedRow]]] = {}

    def by_key(self, table: str) -> dict[str, JoinedRow]:
        """The rows of a table by key."""
        if table not in self.fetched:
            self.fetched[table] = {key_of(table, row)[1]: row for row in rows_of(table)}
        return self.fetched[table]

    def by_reference(self, table: str, column: str) -> dict[str, list[JoinedRow]]:
        """The rows of a table by what they refer to."""
        if (table, column) not in self.indexed:
            found = self.indexed[table, column] = defaultdict(list)
            for row in self.by_key(table).values():
                found[str(row[column])].append(row)
        return self.indexed[table, column]

    def around(self, table: str, row: JoinedRow, above: Collection[str]) -> Iterator[FoundRow]:
        """The row, the rows above it, and everything that refers to one of these; the nearest first."""
        waiting, seen = deque([(table, row)]), set()
        while waiting:
            other, found = waiting.popleft()
            if (key := key_of(other, found)) in seen:
                continue
            seen.add(key)
            yield other, found
            parents = [(parent, found[column]) for column, parent in references(other) if parent in above]
            waiting += [(parent, self.by_key(parent)[str(pk)]) for parent, pk in parents if pk is not None]
            if other == table or other in above:
                for below, column in referring_to(other):
                    if below != table and below not in above:
                        waiting += [(below, one) for one in self.by_reference(below, column).get(key[1], ())]


class JoinedSide:
    """The columns of one side by owner (a film, or an image), and whose each row is."""

    def __init__(self) -> None:
        self.columns: JoinedColumns = defaultdict(dict)
        self.owners: dict[RowKey, set[tuple[Any, str]]] = defaultdict(set)
        self.counted: Counter[tuple[Any, str]] = Counter()

    def add(self, owner: Any, name: str, values: Mapping[str, Any]) -> None:
        """The values of a row, an event, a job or a file; the first of each name counts, and how many there are."""
        self.counted[owner, name] += 1
        self.columns[f"{name} (number)"][owner] = self.counted[owner, name]
        if self.counted[owner, name] == 1:
            for column, value in values.items():
                for leaf, content in leaves(f"{name}.{column}", value):
                    self.columns[leaf][owner] = content

    def add_rows(self, owner: Any, rows: Iterable[FoundRow], whose: str = "") -> None:
        """Rows that belong to the owner; `whose` tells those of one reader from those of another."""
        for table, row in rows:
            self.owners[key_of(table, row)].add((owner, whose))
            self.add(owner, f"{table}{whose}", row)
            if table == "reading_itemscore":
                self.add(owner, f"score{whose}", {})
                self.columns[f"score{whose} {row['item']}"][owner] = row["value"]
                total = self.columns[f"sum of scores{whose}"]
                total[owner] = total.get(owner, 0) + (row["value"] or 0)

    def add_folder(self, owner: Any, prefix: str, folder: Path) -> None:
        """Every file below a folder, and the folder's own time."""
        self.add(owner, f"{prefix} folder", {"mtime": folder.stat().st_mtime_ns})
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.add(owner, f"{prefix} {path.relative_to(folder).as_posix()}", file_facts(path))

    def add_records(self) -> None:
        """The events and the jobs that name a row of the owner, with its place in their lists."""
        for event in rows_of("audit_event"):
            said, named = told(event)
            for place, (key, digest) in enumerate(named):
                for owner, whose in self.owners.get(key, ()):
                    name = f"event {event['action']} on {key[0]}{whose}"
                    self.add(owner, name, {**said, "listed at": place, "digest": digest})
        for job in rows_of("jobs_job"):
            for place, key in enumerate(named_by(job)):
                for owner, whose in self.owners.get(key, ()):
                    self.add(owner, f"job {job['kind']}{whose}", {**job, "listed at": place})


def file_facts(path: Path) -> dict[str, Any]:
    """What a folder tells about a file."""
    facts, content = path.stat(), path.read_bytes()
    return {
        "path": path.as_posix(),
        "size": facts.st_size,
        "mtime": facts.st_mtime_ns,
        "digest": hashlib.sha256(content).hexdigest(),
    }


def told(event: JoinedRow) -> tuple[JoinedRow, list[tuple[RowKey, str]]]:
    """An event without its lists, and every row that it names, with the digest there: its subject, its read, its lists.

    >>> told({"body": '{"rows": [["a_b", "1", "ff"]]}', "subject_type": "a.c", "subject_id": "2", "stream": "T/read-3"})
    ({'body': {}, 'subject_type': 'a.c', 'subject_id': '2', 'stream': 'T/read-3'}, [(('a_c', '2'), ''), \
(('reading_read', '3'), ''), (('a_b', '1'), 'ff')])
    """
    body = json.loads(event["body"])
    listed = [*body.pop("rows", ()), *body.pop("tracked", ())]
    chains = [(stream, digest) for stream, _, _, digest in body.pop("chains", ())]
    named = [((event["subject_type"].replace(".", "_"), event["subject_id"]), "")]
    of_reads = [(event["stream"], ""), *chains]
    named += [
        (("reading_read", stream.split("/read-")[1]), digest) for stream, digest in of_reads if "/read-" in stream
    ]
    named += [((table, str(key)), digest) for table, key, digest, *_ in listed]
    return {**event, "body": body}, named


def named_by(job: JoinedRow) -> Iterator[RowKey]:
    """The rows that the payload of a job names."""
    payload = parsed(job["payload"])
    for name, table in NAMED_BY_JOBS.items():
        if name in payload:
            yield table, str(payload[name])
    yield from (("reading_case", str(case)) for case, *_ in payload.get("assignments", ()))


def identity_side(stores: Path, tables: DumpedTables) -> JoinedSide:
    """By film: its rows and those of its visit, subject and delivery, its events, its jobs and its files."""
    side = JoinedSide()
    for key, film in tables.by_key("studies_film").items():
        owner = int(key)
        side.add_rows(owner, tables.around("studies_film", film, ABOVE_FILM))
        if film["blind_file"]:
            side.add(owner, "original file", file_facts(stores / "quarantine" / film["original_file"]))
            side.add(owner, "blind file", file_facts(stores / "reading" / film["blind_file"]))
            side.add_folder(owner, "desk file", stores / "reading" / film["desk_folder"])
    side.add_records()
    return side


def blind_side(stores: Path, tables: DumpedTables) -> JoinedSide:
    """By reader image: its row and files, and for each reader what was shown of it, scored, signed and recorded."""
    side = JoinedSide()
    for key, image in tables.by_key("studies_readerimage").items():
        side.add_rows(key, [("studies_readerimage", image)])
        side.add_folder(key, "image file", stores / "reading" / "images" / key)
    for film in tables.by_key("reading_displayedfilm").values():
        if film["reader_image_id"] is not None:
            rows = list(tables.around("reading_displayedfilm", film, ABOVE_SHOWN))
            (reader,) = {row["reader_id"] for table, row in rows if table == "reading_read"}
            side.add_rows(film["reader_image_id"], rows, f" of reader {reader}")
    side.add_records()
    return side


def named_together() -> set[tuple[str, ...]]:
    """The actions of one transaction whose events name rows of a film, its visit or its subject, and of a case."""
    of_films = {
        "studies_film",
        "studies_visit",
        "studies_subject",
        *(table for table, _ in referring_to("studies_film")),
    }
    of_images = {"studies_readerimage", "reading_displayedfilm", *ABOVE_SHOWN - {"accounts_signature"}}
    actions: dict[str, set[str]] = defaultdict(set)
    sides: dict[str, set[bool]] = defaultdict(set)
    for event in rows_of("audit_event"):
        said, named = told(event)
        if event["action"] == "tests.rows.made":
            continue
        actions[said["body"]["group"]].add(event["action"])
        for (table, _), _ in named:
            if table in of_films or table in of_images:
                sides[said["body"]["group"]].add(table in of_films)
    return {tuple(sorted(actions[group])) for group, both in sides.items() if len(both) > 1}
