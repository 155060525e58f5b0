"""The result of a statistic: a value and its interval, or the reason why there is none; never a bare NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

NO_INTERVAL = ""


@dataclass(frozen=True)
class Estimate:
    """A statistic: value and limits are finite floats or None; `reason` says why one of them is None.

    n: subjects used. k: readers. level: of the interval. interval: how the limits were computed.
    """

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    k: int
    reason: str = ""
    interval: str = NO_INTERVAL
    level: float = 0.95
    dropped: int = 0

    def with_limits(self, lower: float, upper: float, interval: str) -> Estimate:
        """The same estimate with an interval; if the limits are not finite, without one and with the reason."""
        if math.isfinite(lower) and math.isfinite(upper):
            return replace(self, lower=float(lower), upper=float(upper), interval=interval)
        return replace(self, reason=self.reason or f"no finite interval ({interval})")

    def scaled(self, factor: float, name: str) -> Estimate:
        """The estimate times a positive constant, under another name."""
        value, lower, upper = (None if part is None else part * factor for part in (self.value, self.lower, self.upper))
        return replace(self, name=name, value=value, lower=lower, upper=upper)


def estimate(blank: Estimate, value: float) -> Estimate:
    """The estimate with this value; one that is not finite becomes a reason."""
    if not math.isfinite(value):
        return replace(blank, reason="the value is not finite")
    return replace(blank, value=value)


def undefined(name: str, reason: str, n: int, k: int, *, dropped: int = 0, level: float = 0.95) -> Estimate:
    return Estimate(name, None, None, None, n, k, reason=reason, dropped=dropped, level=level)
