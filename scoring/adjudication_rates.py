"""How many cases of a whole campaign were adjudicated, at the ends of months: never by site, never from few cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from reading.models import Campaign, CaseStatus
from scoring.models import CaseResult, Outcome
from studies.models import Trial

# With fewer cases, or with a rate after each few, the rate would show something about single cases.
FEWEST_CASES = 50
FEWEST_MORE = 10
# The month, the case and the outcome of each result, in the order in which they were computed.
Computed = list[tuple[date, int, str]]


@dataclass(frozen=True)
class AdjudicationRate:
    """The share of a campaign's cases with a result that were adjudicated or wait for it, at the end of a month."""

    campaign: Campaign
    month: date
    cases: int
    share: float

    @property
    def month_in_words(self) -> str:
        """Year and month."""
        return f"{self.month:%Y-%m}"


def adjudication_rates(trial: Trial, today: date) -> list[AdjudicationRate]:
    """The rates of each campaign at the ends of past months."""
    computed = defaultdict[int, Computed](list)
    results = CaseResult.objects.filter(case__campaign__trial=trial).exclude(case__status=CaseStatus.VOIDED)
    found = results.order_by("computed_at", "version")
    for campaign, at, case, outcome in found.values_list("case__campaign", "computed_at", "case", "outcome"):
        computed[campaign].append((month_of(at), case, outcome))
    campaigns = trial.campaigns.filter(training=None).order_by("code")
    return [rate for one in campaigns for rate in rates_of(one, computed[one.pk], today.replace(day=1))]


def month_of(at: datetime) -> date:
    """The first day of the month."""
    return timezone.localdate(at).replace(day=1)


def rates_of(campaign: Campaign, computed: Computed, this_month: date) -> Iterator[AdjudicationRate]:
    """A rate at the end of each month with enough cases, and enough more than at the last rate shown."""
    outcomes: dict[int, str] = {}
    needed = FEWEST_CASES
    for month in sorted({month for month, _, _ in computed if month < this_month}):
        outcomes |= {case: outcome for at, case, outcome in computed if at == month}
        if len(outcomes) >= needed:
            adjudicated = sum(outcome != Outcome.CONSENSUS for outcome in outcomes.values())
            yield AdjudicationRate(campaign, month, len(outcomes), adjudicated / len(outcomes))
            needed = len(outcomes) + FEWEST_MORE
