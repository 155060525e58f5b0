"""The thresholds of no progression in analysis.csv: fixed numbers, and the smallest detectable change of the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from instruments.progression import Threshold, progressed, sdc_threshold
from reading.models import Campaign
from scoring.agreement.intervals import sdc_of_intervals
from scoring.endpoint.visits import AnalysisVisits
from scoring.ratings.campaign import CampaignRatings, ratings_of_groups, readers_of

Detectable = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Criterion:
    """A threshold in words, with its source, and its limit; None where it could not be estimated."""

    says: str
    threshold: Threshold | None

    def flag(self, change: Fraction | None) -> str:
        """Y when the change is no progression, N when it is; empty when either is missing."""
        if self.threshold is None or change is None:
            return ""
        return "N" if progressed(change, self.threshold) else "Y"


def criteria_of(fixed: Sequence[Threshold], sdc: str | None, interval: str, strict: bool = True) -> list[Criterion]:
    """The fixed thresholds, then the smallest detectable change of the interval: empty if unknown, None if not chosen.

    >>> from instruments.progression import HALF, ZERO
    >>> [one.says for one in criteria_of([ZERO, HALF], "1.4536", "W00 to W52")]
    ['CHG <= 0 (fixed number)', 'CHG <= 0.5 (fixed number)', 'CHG <= 1.4536 (SDC of this lock, interval W00 to W52)']
    """
    sign = "<=" if strict else "<"
    found = [Criterion(f"{one.condition} (fixed number)", one) for one in fixed]
    if sdc is None:
        return found
    if not sdc:
        return [*found, Criterion(f"CHG {sign} SDC (not estimable, interval {interval})", None)]
    own = sdc_threshold(sdc, source="SDC of this lock", interval=interval, strict=strict)
    return [*found, Criterion(f"CHG {sign} {sdc} ({own.source})", own)]


def detectable_changes(campaign: Campaign, params: Sequence[str], visits: AnalysisVisits) -> Detectable:
    """The SDC of each parameter from baseline to each planned visit, as a decimal; empty where it has no value.

    From the first-signed primary reads of all cases, discordant ones included, for the mean of the primary readers of
    a case; over all arms; rounded once to 4 decimals, so that a lock keeps one number.
    """
    readers, ratings = readers_of(campaign), ratings_of_groups(campaign, params)
    read = next(iter(ratings.values())).visits.planned
    ends = [visit.code for visit in visits.later if visit.code in read]
    return {param: detectable_of(found, readers, ends) for param, found in ratings.items()}


def detectable_of(ratings: CampaignRatings, readers: int, ends: Sequence[str]) -> dict[str, str]:
    """The SDC of one parameter at each of these visits, for the mean of so many readers."""
    at = [ratings.visits.every.index(code) - 1 for code in ends]
    each, _ = sdc_of_intervals(ratings.changes[:, at], readers_averaged=readers)
    return {code: "" if one.value is None else f"{one.value:.4f}" for code, one in zip(ends, each, strict=True)}
