"""Reader disagreement index: how often an accepted value differed from a reader's, among all cases the reader read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scoring.agreement.kappa import share
from scoring.agreement.ratings import BEYOND, beyond, decimals
from scoring.agreement.results import Estimate, undefined


def disagreement_index(values: npt.ArrayLike, accepted: npt.ArrayLike, threshold: float) -> tuple[Estimate, ...]:
    """One index per reader, a share from 0 to 1 with its exact binomial interval.

    index = cases in which |reader's value - accepted value| > threshold / cases the reader read. `values` is cases x
    readers, NaN for a case not read; `accepted` has one value per case (adjudicated or analysed), NaN leaves the
    case out. For scores on a scale the threshold defines a disagreement; the published index counts the cases in
    which the adjudicator disagreed with the reader. Sharma M et al., J Clin Oncol 2019;37(suppl):e18082.

    >>> [found.value for found in disagreement_index([[1, 9], [2, 2], [3, 3], [4, 4]], [1, 2, 3, 4], 5)]
    [0.0, 0.25]
    """
    matrix, truth = np.asarray(values, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    if matrix.ndim != 2 or truth.shape != matrix.shape[:1]:
        return (undefined("disagreement index", "needs cases x readers and one accepted value a case", 0, 0),)
    return tuple(index(matrix[:, reader], truth, threshold) for reader in range(matrix.shape[1]))


def index(own: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], threshold: float) -> Estimate:
    read = ~np.isnan(own) & ~np.isnan(truth)
    n, dropped = int(read.sum()), int((~read).sum())
    if beyond(own[read]) or beyond(truth[read]) or not np.isfinite(threshold):
        return undefined("disagreement index", f"a value or the threshold is {BEYOND}", n, 1, dropped=dropped)
    against = int((decimals(np.abs(own[read] - truth[read])) > decimals(threshold)).sum())
    return share(against, Estimate("disagreement index", None, None, None, n, 1, dropped=dropped))
