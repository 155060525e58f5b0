"""Agreement of two readers at every joint: difference, exact and positive agreement, share of the difference in change.

Arrays are cases x 2 readers x items; NaN is a site that is not assessable or has no film.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.agreement.ratings import Matrix

FEWEST = 5


@dataclass(frozen=True)
class JointAgreement:
    """One item. Shares are 0 to 1; a figure is None where nothing defines it or too few cases have damage.

    n: pairs of reads with a grade each. nonzero: cases in which a reader's grade was above 0, as the mean over the
    pairs. difference: mean absolute difference of the grades. exact: share of equal grades. positive: 2a / (2a + b),
    a cases above 0 for both readers, b for one. share: of the squared difference between the readers' total changes.
    not_assessable: share of the films that a reader could not grade.
    """

    n: int
    nonzero: int
    difference: float | None
    exact: float | None
    positive: float | None
    share: float | None
    not_assessable: float | None

    @property
    def too_few(self) -> bool:
        """Whether fewer than 5 cases have damage, so that readers mostly agree on its absence."""
        return self.nonzero < FEWEST


def joint_agreement(
    status: Matrix, change: Matrix, shown: npt.NDArray[np.bool_], pairs: int = 1
) -> list[JointAgreement]:
    """A row for each item, from the grades at a visit, the changes up to it and whether a film was shown.

    `pairs`: the number of rows per case, one for each pair of its readers.

    >>> grades = np.array([[[2.0], [1.0]], [[0.0], [0.0]]])
    >>> joint_agreement(grades, grades, np.ones(grades.shape, dtype=bool))[0].difference
    0.5
    """
    shares = shares_of_difference(change)
    return [of_item(status[:, :, at], shown[:, :, at], shares[at], pairs) for at in range(status.shape[2])]


def of_item(grades: Matrix, shown: npt.NDArray[np.bool_], share: float | None, pairs: int) -> JointAgreement:
    both = grades[np.isfinite(grades).all(axis=1)]
    difference = np.abs(both[:, 0] - both[:, 1])
    damaged = (both > 0).sum(axis=1)
    nonzero = int((damaged > 0).sum()) // pairs
    agreed = 2 * int((damaged == 2).sum())
    ungraded = np.isnan(grades) & shown
    return JointAgreement(
        n=len(both),
        nonzero=nonzero,
        difference=float(difference.mean()) if len(both) else None,
        exact=float((difference == 0).mean()) if len(both) else None,
        positive=agreed / float(damaged.sum()) if nonzero >= FEWEST else None,
        share=share if nonzero >= FEWEST else None,
        not_assessable=float(ungraded.sum() / shown.sum()) if shown.any() else None,
    )


def shares_of_difference(change: Matrix) -> list[float | None]:
    """The part of each item in the squared differences of the readers' total changes; the parts add up to 1.

    With d the readers' difference at an item and D their sum over the items that both graded at both visits, the share
    is the sum of d D over the cases divided by the sum of D squared. It does not depend on who is the first reader.
    """
    difference = np.nan_to_num(change[:, 0] - change[:, 1])
    total = difference.sum(axis=1)
    squares = float((total**2).sum())
    if squares == 0:
        return [None] * change.shape[2]
    return [float(part) for part in difference.T @ total / squares]
