"""Checks each regulated row against the digest in the event that created it, and each tracked row against its last.

A row written during the check can look altered, missing or unknown, so each suspect is checked again after one
more pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

from audit.findings import Report
from audit.protection import PROTECTED, Protection
from audit.recorded_rows import Kind, RecordedRow, RecordedRows
from audit.rows import batched, digests_by_key, model_of, stored_digests
from audit.tracking import TRACKED, key_chunks, newest, stored
from audit.verify_chain import Chains

Suspect = tuple[Kind, str, str]


def check_rows(chains: Chains, report: Report) -> None:
    """Finds rows that were altered, that are missing, or that no event records."""
    there = set(connection.introspection.table_names())
    suspects: list[Suspect] = []
    for kind, declared in ((Kind.MADE, PROTECTED.keys() - {"audit_event"}), (Kind.TRACKED, TRACKED.keys())):
        recorded = chains.recorded.tables(kind)
        for table in sorted(declared & there):
            suspects += suspects_of(kind, table, chains.recorded, report)
        for table in sorted(declared & recorded.keys() - there):
            report.found("missing table", table, "whole", f"{recorded[table]} of its rows are recorded")
    if suspects:
        chains.walk()
    named: set[tuple[str, str]] = set()
    for suspect in suspects:  # a row that is both regulated and tracked is named once
        if suspect[1:] not in named and judge(suspect, chains.recorded, report):
            named.add(suspect[1:])


def check_these(chains: Chains, report: Report, rows: Mapping[str, Iterable[object]]) -> None:
    """Checks these rows by table, and that no row recorded in these chains is missing."""
    for table, pks in sorted(rows.items()):
        for kind in kinds(table):
            for chunk in batched(pks):
                check_chunk(kind, table, chunk, chains.recorded, report)
    for kind in Kind:
        for table in chains.recorded.tables(kind):
            for key in missing(kind, table, chains.recorded):
                judge((kind, table, key), chains.recorded, report)


def kinds(table: str) -> list[Kind]:
    return [kind for kind, tables in ((Kind.MADE, PROTECTED), (Kind.TRACKED, TRACKED)) if table in tables]


def check_chunk(kind: Kind, table: str, pks: list[object], recorded: RecordedRows, report: Report) -> None:
    report.rows += len(pks)
    found = dict(digests_of(kind, table, pks, recorded))
    for key in map(str, pks):
        says = recorded.of(kind, table, key)
        if says is None or says.digest != found.get(key):
            judge((kind, table, key), recorded, report)


def suspects_of(kind: Kind, table: str, recorded: RecordedRows, report: Report) -> Iterator[Suspect]:
    rows = regulated_rows(PROTECTED[table], recorded) if kind == Kind.MADE else tracked(table, recorded)
    for key, as_recorded in rows:
        report.rows += 1
        if not as_recorded:
            yield kind, table, key
    yield from ((kind, table, key) for key in missing(kind, table, recorded))


def missing(kind: Kind, table: str, recorded: RecordedRows) -> Iterator[str]:
    model = model_of(table)
    for keys in recorded.keys(kind, table):
        found = set(map(str, model._base_manager.filter(pk__in=keys).order_by().values_list("pk", flat=True)))
        yield from (key for key in keys if key not in found)


def regulated_rows(protection: Protection, recorded: RecordedRows) -> Iterator[tuple[str, bool]]:
    """The key of each row of a regulated table, and whether it is as its event recorded it."""
    for key, digest, row in stored_digests(protection.table):
        says = recorded.of(Kind.MADE, protection.table, key)
        yield key, says.digest == digest if says else not protection.covers(row)


def tracked(table: str, recorded: RecordedRows) -> Iterator[tuple[str, bool]]:
    """The key of each row of a tracked table, and whether it is as the last event recorded it."""
    for pks in key_chunks(table):
        for key, digest in digests_of(Kind.TRACKED, table, pks, recorded):
            says = recorded.of(Kind.TRACKED, table, key)
            yield key, says is not None and says.digest == digest


def digests_of(kind: Kind, table: str, pks: Sequence[object], recorded: RecordedRows) -> Iterator[tuple[str, str]]:
    """Key and digest of each of these rows that exists, computed under the version with which it was recorded."""
    if kind == Kind.MADE:
        yield from digests_by_key(table, pks)
        return
    by_version: dict[int, list[object]] = {}
    for pk in pks:
        by_version.setdefault(version_of(table, recorded.of(kind, table, str(pk))), []).append(pk)
    for version, group in by_version.items():
        yield from stored(table, version, group)


def version_of(table: str, recorded: RecordedRow | None) -> int:
    """The version of the declaration with which the row was recorded; the newest if that version is not known."""
    return recorded.version if recorded and recorded.version in TRACKED[table] else newest(table)


def judge(suspect: Suspect, rows: RecordedRows, report: Report) -> bool:
    """Adds a finding if the row is still at fault; returns whether it is."""
    kind, table, key = suspect
    recorded = rows.of(kind, table, key)
    digest = dict(digests_of(kind, table, [key], rows)).get(key)
    if (recorded.digest or None if recorded else None) == digest:
        return False
    if recorded is None:
        report.found("unknown row", table, key, "no event in the audit trail records it")
    elif digest is None:
        made = "created it" if kind == Kind.MADE else "is the last that records it"
        report.found("missing row", table, key, f"event {recorded.event} {made}, but it is missing")
    else:
        report.found("altered row", table, key, f"it differs from what event {recorded.event} recorded")
    return True
