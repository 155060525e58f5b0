"""The parts of a case's result in true order: sealed, because item scores summed by timepoint would recover it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reading.seals import seal, unseal
from scoring.models import CaseResult


def sealed_result(
    *,
    case: int,
    version: int,
    readers: Iterable[int],
    numbers: Any,
    one_sided: Iterable[int],
    interval: tuple[int, int],
) -> bytes:
    """The deciding readers, the numbers, the one-sided places and the interval of one version, bound to its case.

    The interval is kept because a visit that is planned later may become the baseline of the analysis.
    """
    content = {"readers": list(readers), "numbers": numbers, "one_sided": list(one_sided), "interval": interval}
    return seal(content, bound_to=binding(case, version))


def opened_result(result: CaseResult) -> dict[str, Any]:
    """The sealed values, under the names readers, numbers, one_sided and interval."""
    return unseal(result.sealed, bound_to=binding(result.case_id, result.version))


def interval_in(opened: dict[str, Any]) -> tuple[int, int]:
    """The interval over which the readers of an adjudicated case were compared."""
    start, end = opened["interval"]
    return start, end


def binding(case: int, version: int) -> str:
    return f"result {version} of case {case}"
