"""Drift of a reader: an EWMA of the standardised differences from the partner, in the order of the reader's signatures.

The first cases give mean and standard deviation; from then on the average starts at 0. Pure: numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Cases that give mean and standard deviation, and the fewest with which a chart is shown.
BASELINE, FEWEST = 30, 40
# The limit of a standardised difference, so that one unusual case raises no alarm.
WINSORISED = 2.5
WEIGHT = 0.1
# By simulation: at most 5 % of stable campaigns of 200 cases and 2 to 6 readers have any alarm
# (tests/scoring/monitoring/test_drift.py).
LIMIT = 1.1


@dataclass(frozen=True, eq=False)
class Drift:
    """The chart of one reader, one value per case; `ewma` is 0 over the baseline.

    `alarm` is the number of the first case, counted from 1, at which the average passes the limit. `reason` states why
    there is no chart.
    """

    mean: float | None
    sd: float | None
    standardised: Values
    ewma: Values
    alarm: int | None
    reason: str = ""


def drift_of(differences: npt.ArrayLike) -> Drift:
    """The chart of a reader's differences from the partner, one per case, in order of signing.

    z = (d - mean) / SD, limited to -2.5 to 2.5; E = 0.1 z + 0.9 E before, from case 31 on. Mean and SD (n - 1) are
    those of the first 30 cases. An alarm is |E| above the limit.

    >>> steady = [(-1) ** case for case in range(40)]
    >>> drift_of(steady).alarm is None, drift_of(steady + [4] * 30).alarm
    (True, 46)
    >>> drift_of(steady[:39]).reason
    'too few cases; a chart needs 40'
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < FEWEST:
        return without_chart(f"too few cases; a chart needs {FEWEST}")
    mean, sd = float(values[:BASELINE].mean()), float(values[:BASELINE].std(ddof=1))
    if sd <= 1e-9 * max(1.0, abs(mean)):
        return without_chart(f"the first {BASELINE} differences are all equal")
    standardised = np.clip((values - mean) / sd, -WINSORISED, WINSORISED)
    ewma = averaged(standardised)
    beyond = np.flatnonzero(np.abs(ewma) > LIMIT)
    return Drift(mean, sd, standardised, ewma, int(beyond[0]) + 1 if len(beyond) else None)


def averaged(standardised: Values) -> Values:
    """The exponentially weighted moving average after the baseline; the last axis is cases."""
    ewma = np.zeros_like(standardised)
    for case in range(BASELINE, standardised.shape[-1]):
        ewma[..., case] = WEIGHT * standardised[..., case] + (1 - WEIGHT) * ewma[..., case - 1]
    return ewma


def without_chart(reason: str) -> Drift:
    """A missing chart with the reason."""
    nothing = np.empty(0)
    return Drift(None, None, nothing, nothing, None, reason)
