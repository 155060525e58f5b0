"""Which requirements the checks of all stages show."""

from __future__ import annotations

from validation import pq
from validation.iq import all_checks as iq
from validation.iq.product_files import files_check
from validation.oq import all_checks as oq


def checked_numbers() -> set[str]:
    """The numbers of the requirements that any check shows."""
    checks = (files_check(None), *iq.CHECKS, *oq.CHECKS, *pq.CHECKS)
    return {number for one in checks for number in one.requirements}
