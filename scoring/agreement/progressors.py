"""Agreement on who progressed: each reader's own change against a threshold, and the status from the readers' mean."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.kappa import Agreement, agreement, share
from scoring.agreement.ratings import Matrix, decimals, ratings_of
from scoring.agreement.results import Estimate


@dataclass(frozen=True)
class PairTable:
    """Two readers: both, only the first, only the second, neither progressed; and their agreement."""

    first: int
    second: int
    both: int
    only_first: int
    only_second: int
    neither: int
    agreement: Agreement


@dataclass(frozen=True)
class Progressors:
    """Shares of progressors by reader and by the mean of the readers, and the table of each pair of readers."""

    definition: str
    by_reader: tuple[Estimate, ...]
    by_mean: Estimate
    pairs: tuple[PairTable, ...]
    reason: str


def progressor_agreement(
    changes: npt.ArrayLike, threshold: float, *, strict: bool = True, bootstrap: Bootstrap | None = None
) -> Progressors:
    """`changes` is subjects x readers; progression is change > threshold (strict) or change >= threshold.

    Both are compared to nine decimal places, so that a change from 7.8 to 8.3 is not above 0.5.
    Subjects without a change by every reader are left out and counted. The mean of the readers gives the status used in
    the analysis. Kappa, PABAK and positive agreement as in `kappa.agreement`, progression being the grade above zero.

    >>> found = progressor_agreement([[0, 1], [2, 3], [0, 0], [5, 0]], 0.5)
    >>> table = found.pairs[0]
    >>> found.definition, (table.both, table.only_first, table.only_second, table.neither)
    ('change > 0.5', (1, 1, 1, 1))
    """
    definition = f"change {'>' if strict else '>='} {threshold:g}"
    ratings = ratings_of(changes, least_subjects=1, least_readers=1)
    blank = Estimate("progressors", None, None, None, ratings.n, ratings.k, ratings.reason, dropped=ratings.dropped)
    if ratings.reason or not np.isfinite(threshold):
        reason = ratings.reason or "the threshold is not finite"
        return Progressors(definition, (), blank, (), reason)
    above = exceeds(ratings.values, threshold, strict)
    by_mean = exceeds(ratings.values.mean(axis=1), threshold, strict)
    pairs = (pair(above, a, b, bootstrap) for a, b in combinations(range(ratings.k), 2))
    by_reader = tuple(share(int(column.sum()), blank) for column in above.T)
    return Progressors(definition, by_reader, share(int(by_mean.sum()), blank), tuple(pairs), "")


def exceeds(changes: Matrix, threshold: float, strict: bool) -> npt.NDArray[np.bool_]:
    known, limit = decimals(changes), decimals(threshold)
    return known > limit if strict else known >= limit


def pair(above: npt.NDArray[np.bool_], a: int, b: int, bootstrap: Bootstrap | None) -> PairTable:
    first, second = above[:, a], above[:, b]
    cells = (first & second, first & ~second, ~first & second, ~first & ~second)
    both, only_first, only_second, neither = (int(cell.sum()) for cell in cells)
    found = agreement(first, second, bootstrap=bootstrap, stream=1000 * a + b)
    return PairTable(a, b, both, only_first, only_second, neither, found)
