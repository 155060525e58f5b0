"""Verifies one trial before a result is computed: its chains and the rows that the result depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audit.findings import Report
from audit.verify_chain import Chains
from audit.verify_rows import check_these


def verify_trial(code: str, rows: Mapping[str, Iterable[object]]) -> Report:
    """Checks the trial's chains and those of its parts, these rows, and that no recorded row is missing."""
    report = Report()
    chains = Chains(report, only=code)
    chains.walk()
    chains.check_heads()
    chains.check_parts()
    check_these(chains, report, rows)
    return report
