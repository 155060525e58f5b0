"""Every operational check, in the order in which the trial makes them possible."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.checks import PASSED, Check, CheckResult, Deviation, Keep, Say, check, run_checks
from validation.oq import access, blinding, operations, records, signatures, trail
from validation.oq.world import CheckedTrial, build_world, lock_world

READING: tuple[Check[CheckedTrial], ...] = (
    *access.READING,
    *trail.READING,
    *operations.READING,
    *blinding.READING,
    *signatures.READING,
    *blinding.SIGNED,
)
LOCKED: tuple[Check[CheckedTrial], ...] = (
    *trail.LOCKED,
    *blinding.LOCKED,
    *records.LOCKED,
    *signatures.LOCKED,
    *access.LOCKED,
)


@dataclass
class Preparation:
    """The trial while it is prepared; None before it is built."""

    folder: Path
    say: Say
    world: CheckedTrial | None = None

    def built(self) -> CheckedTrial:
        """The trial."""
        if self.world is None:
            raise Deviation("there is no trial")
        return self.world


@check(
    "R-50",
    name="the trial of the checks",
    does="Builds a small trial: films received and accepted, a campaign opened, reads issued.",
    expects="Each step succeeds",
)
def building(given: Preparation) -> str:
    given.world = build_world(given.folder, given.say)
    return "built, the first reads issued"


@check(
    "R-50",
    name="the lock of the trial of the checks",
    does="Reads what is left, closes the campaign, builds the dataset and locks it.",
    expects="Each step succeeds",
)
def locking(given: Preparation) -> str:
    lock_world(given.built(), given.say)
    return "read, closed, built, locked"


CHECKS: tuple[Check[Any], ...] = (building, *READING, locking, *LOCKED)


def run_oq(folder: Path, say: Say, keep: Keep) -> list[CheckResult]:
    """Builds the trial, runs the checks of reading, locks it, and runs the rest; stops if the trial fails."""
    given, results = Preparation(folder, say), list[CheckResult]()
    for prepare, checks in ((building, READING), (locking, LOCKED)):
        results += run_checks((prepare,), given, say, keep)
        if results[-1].outcome != PASSED:
            break
        results += run_checks(checks, given.built(), say, keep)
    return results
