"""Ratings as a matrix of subjects x readers: the handling of missing cells, and the reasons for an unusable matrix."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

# The rule for missing cells of every statistic that needs all readers of a subject.
COMPLETE = "complete subjects: a subject not rated by every reader is left out, and counted"

LARGEST = 1e50
DECIMAL_PLACES = 9
BEYOND = "infinite or beyond 1e50"


@dataclass(frozen=True, eq=False)
class Ratings:
    """Complete rows of a matrix; `reason` is set if nothing can be computed from them."""

    values: Matrix
    dropped: int
    reason: str

    @property
    def n(self) -> int:
        return int(self.values.shape[0])

    @property
    def k(self) -> int:
        return int(self.values.shape[1])


def ratings_of(values: npt.ArrayLike, *, least_subjects: int = 2, least_readers: int = 2) -> Ratings:
    """The complete rows of subjects x readers; NaN is a missing cell, an infinity makes the matrix unusable."""
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2:
        return Ratings(np.empty((0, 0)), 0, f"needs a table of subjects x readers, not {matrix.ndim} axes")
    infinite = beyond(matrix)
    whole = matrix[~np.isnan(matrix).any(axis=1)]
    dropped = len(matrix) - len(whole)
    return Ratings(whole, dropped, fault(whole, infinite, least_subjects, least_readers))


def fault(matrix: Matrix, infinite: int, least_subjects: int, least_readers: int) -> str:
    if infinite:
        return beyond_in_words(infinite)
    if matrix.shape[1] < least_readers:
        return f"needs at least {least_readers} readers; found {matrix.shape[1]}"
    if matrix.shape[0] < least_subjects:
        return f"needs at least {least_subjects} subjects rated by every reader; found {matrix.shape[0]}"
    return ""


def beyond_in_words(infinite: int) -> str:
    """The number of unusable values, and the reason."""
    return f"{infinite} {'value is' if infinite == 1 else 'values are'} {BEYOND}"


def beyond(values: Matrix) -> int:
    """The number of values that are infinite or have infinite squares."""
    with np.errstate(invalid="ignore"):
        return int((np.abs(values) > LARGEST).sum())


def decimals(values: npt.ArrayLike) -> Matrix:
    """Values to nine decimal places: a change from 7.8 to 8.3 equals 0.5 when it is compared with a threshold.

    >>> bool(8.3 - 7.8 > 0.5), bool(decimals(8.3 - 7.8) > decimals(0.5))
    (True, False)
    """
    exact: Matrix = np.asarray(values, dtype=np.float64)
    return exact.round(DECIMAL_PLACES)


def matrix_of(
    subjects: Sequence[Hashable], readers: Sequence[Hashable], values: Sequence[float]
) -> tuple[Matrix, tuple[Hashable, ...], tuple[Hashable, ...]]:
    """Long ratings as subjects x readers, both sorted, so that the order of the rows does not matter."""
    rows, columns = sorted(set(subjects), key=str), sorted(set(readers), key=str)
    row_of, column_of = ({name: at for at, name in enumerate(names)} for names in (rows, columns))
    matrix = np.full((len(rows), len(columns)), np.nan)
    filled = np.zeros(matrix.shape, dtype=bool)
    for subject, reader, value in zip(subjects, readers, values, strict=True):
        at = row_of[subject], column_of[reader]
        if filled[at]:
            raise ValueError(f"subject {subject}, reader {reader}: given twice; allowed: once")
        filled[at] = True
        matrix[at] = value
    return matrix, tuple(rows), tuple(columns)


def nearly_zero(variance: float, values: Matrix) -> bool:
    """Whether a variance is within the rounding error of numbers of this size."""
    return bool(variance <= (1e-13 * float(np.abs(values).max(initial=0.0))) ** 2)
