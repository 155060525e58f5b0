"""The parts of a case's result in true order: sealed, because item scores summed by timepoint would recover it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reading.seals import seal, unseal
from scoring.models import CaseResult


def sealed_result(*, case: int, version: int, readers: Iterable[int], numbers: Any, one_sided: Iterable[int]) -> bytes:
    """The deciding readers, the numbers and the one-sided places of one version, bound to its case."""
    content = {"readers": list(readers), "numbers": numbers, "one_sided": list(one_sided)}
    return seal(content, bound_to=binding(case, version))


def opened_result(result: CaseResult) -> dict[str, Any]:
    """The sealed values, under the names readers, numbers and one_sided."""
    return unseal(result.sealed, bound_to=binding(result.case_id, result.version))


def binding(case: int, version: int) -> str:
    return f"result {version} of case {case}"
