"""Mean squares of subjects x readers, the basis of ICC, standard errors and detectable changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.agreement.ratings import Matrix, nearly_zero


@dataclass(frozen=True)
class MeanSquares:
    """subjects MSR, readers MSC, residual MSE of the two-way table; within MSW of the one-way."""

    subjects: float
    readers: float
    residual: float
    within: float
    n: int
    k: int


def mean_squares(values: Matrix) -> MeanSquares:
    """Mean squares of a complete table of n subjects x k readers, n and k at least 2.

    MSR = k sum_i (m_i - m)^2 / (n-1); MSC = n sum_j (m_j - m)^2 / (k-1);
    MSE = sum_ij (x_ij - m_i - m_j + m)^2 / ((n-1)(k-1)); MSW = sum_ij (x_ij - m_i)^2 / (n(k-1)).

    >>> squares = mean_squares(np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                                  [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]]))
    >>> round(squares.subjects, 4), round(squares.within, 4), round(squares.readers, 4), round(squares.residual, 4)
    (11.2417, 6.2639, 32.4861, 1.0194)
    """
    n, k = values.shape
    # Sorting rows makes every sum, and so the last digit, independent of the order of the subjects.
    ordered = values[np.lexsort(values.T[::-1])]
    centred = ordered - ordered.mean()
    by_subject, by_reader = centred.mean(axis=1), centred.mean(axis=0)
    grand = centred.mean()
    subjects = k * float(((by_subject - grand) ** 2).sum()) / (n - 1)
    readers = n * float(((by_reader - grand) ** 2).sum()) / (k - 1)
    rest = centred - by_subject[:, None] - by_reader[None, :] + grand
    residual = float((rest**2).sum()) / ((n - 1) * (k - 1))
    within = float(((centred - by_subject[:, None]) ** 2).sum()) / (n * (k - 1))
    parts = [0.0 if nearly_zero(part, values) else part for part in (subjects, readers, residual, within)]
    return MeanSquares(parts[0], parts[1], parts[2], parts[3], n, k)
