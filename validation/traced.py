"""The checks of each stage, and the requirements that they show."""

from __future__ import annotations

from typing import Any

from validation import pq
from validation.checks import Check
from validation.iq import all_checks as iq
from validation.iq.product_files import files_check
from validation.oq import all_checks as oq

CHECKS: dict[str, tuple[Check[Any], ...]] = {
    "iq": (files_check(None), *iq.CHECKS),
    "oq": oq.CHECKS,
    "pq": pq.CHECKS,
}


def checks_of(stage: str) -> tuple[Check[Any], ...]:
    """Every check of a stage, in order."""
    return CHECKS.get(stage, ())


def checked_numbers() -> set[str]:
    """The numbers of the requirements that any check shows."""
    return {number for checks in CHECKS.values() for one in checks for number in one.requirements}
