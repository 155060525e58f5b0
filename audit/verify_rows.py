"""Checks every regulated row against the digest recorded in the event that created it."""

from __future__ import annotations

from audit.findings import Report
from audit.protection import PROTECTED, Protection, existing
from audit.rows import digest_of, stored_digests
from audit.verify_chain import Chains


def check_rows(chains: Chains, report: Report) -> None:
    """Finds rows that were altered, that are missing, or that no event records.

    A row written meanwhile can look like one of these: each suspect row is checked again after one more pass.
    """
    suspects: list[tuple[str, str]] = []
    there = [protection for protection in existing() if protection.table != "audit_event"]
    for protection in there:
        suspects += _suspects(protection, chains, report)
    for table in sorted((chains.told.keys() & PROTECTED.keys()) - {protection.table for protection in there}):
        report.found("missing table", table, "whole", f"{len(chains.told[table])} of its rows are recorded")
    if suspects:
        chains.walk()
    for table, key in suspects:
        _judge(table, key, chains, report)


def _suspects(protection: Protection, chains: Chains, report: Report) -> list[tuple[str, str]]:
    table = protection.table
    told = chains.told.get(table, {})
    left, suspects = set(told), []
    for key, digest, row in stored_digests(table):
        report.rows += 1
        left.discard(key)
        if (told[key][0] != digest) if key in told else protection.covers(row):
            suspects.append((table, key))
    return suspects + sorted((table, key) for key in left)


def _judge(table: str, key: str, chains: Chains, report: Report) -> None:
    digest = digest_of(table, key)
    told = chains.told.get(table, {}).get(key)
    if told is None:
        if digest is not None:
            report.found("unknown row", table, key, "no event in the audit trail records it")
    elif digest is None:
        report.found("missing row", table, key, f"event {told[1]} created it, but it is missing")
    elif digest != told[0]:
        report.found("altered row", table, key, f"it differs from what event {told[1]} recorded")
