"""Every check of the operation, in the order in which the trial makes them possible."""

from __future__ import annotations

from pathlib import Path

from validation.checks import Check, CheckResult, Say, run_checks
from validation.oq import access, blinding, operations, records, signatures, trail
from validation.oq.world import CheckedTrial, build_world, lock_world

READING: tuple[Check[CheckedTrial], ...] = (
    *access.READING,
    *trail.READING,
    *operations.READING,
    *blinding.READING,
    *signatures.READING,
)
LOCKED: tuple[Check[CheckedTrial], ...] = (
    *trail.LOCKED,
    *blinding.LOCKED,
    *records.LOCKED,
    *signatures.LOCKED,
    *access.LOCKED,
)
CHECKS = (*READING, *LOCKED)


def run_oq(folder: Path, say: Say) -> list[CheckResult]:
    """Builds the trial, runs the checks of its reading, locks it, and runs the rest."""
    world = build_world(folder, say)
    results = run_checks(READING, world, say)
    lock_world(world, say)
    return results + run_checks(LOCKED, world, say)
