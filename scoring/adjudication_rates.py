"""The adjudication rate of a whole campaign at the ends of months: never by site, never from few cases.

Shares and numbers of cases are rounded, so that rates and the signed reads of a month do not identify cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.models import CaseResult, Outcome
from studies.models import Trial

# With fewer cases, or with a rate after each few, the rate would show something about single cases.
FEWEST_CASES = 50
FEWEST_MORE = 10
STEPS = 20  # shares in steps of 5 %
# The month, the case and the outcome of each result, in the order in which they were computed.
ComputedDays = list[tuple[date, int, str]]


@dataclass(frozen=True)
class AdjudicationRate:
    """The share of a campaign's cases with a result that were adjudicated or await it, at the end of a month.

    The share is rounded to 5 %, the number of cases down to tens.
    """

    campaign: Campaign
    month: date
    cases: int
    share: float

    @property
    def month_in_words(self) -> str:
        """Year and month."""
        return f"{self.month:%Y-%m}"


def adjudication_rates(trial: Trial, today: date) -> list[AdjudicationRate]:
    """The rates of each campaign with adjudication, at the ends of past months. A voided case still counts: a rate that
    changed when it was voided would reveal its outcome.
    """
    computed = defaultdict[int, ComputedDays](list)
    results = CaseResult.objects.filter(case__campaign__trial=trial)
    found = results.order_by("computed_at", "version")
    for campaign, at, case, outcome in found.values_list("case__campaign", "computed_at", "case", "outcome"):
        computed[campaign].append((month_of(at), case, outcome))
    campaigns = trial.campaigns.filter(training=None).select_related("charter").order_by("code")
    adjudicating = [one for one in campaigns if terms_of(one.charter).adjudicates]
    return [rate for one in adjudicating for rate in rates_of(one, computed[one.pk], today.replace(day=1))]


def month_of(at: datetime) -> date:
    """The first day of the month."""
    return timezone.localdate(at).replace(day=1)


def rates_of(campaign: Campaign, computed: ComputedDays, this_month: date) -> Iterator[AdjudicationRate]:
    """A rate at the end of each month with enough cases, and enough more than at the last rate shown."""
    outcomes: dict[int, str] = {}
    needed = FEWEST_CASES
    for month in sorted({month for month, _, _ in computed if month < this_month}):
        outcomes |= {case: outcome for at, case, outcome in computed if at == month}
        if len(outcomes) >= needed:
            adjudicated = sum(outcome != Outcome.CONSENSUS for outcome in outcomes.values())
            share = round(STEPS * adjudicated / len(outcomes)) / STEPS
            yield AdjudicationRate(campaign, month, len(outcomes) // 10 * 10, share)
            needed = len(outcomes) + FEWEST_MORE
