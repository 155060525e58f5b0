"""The visits that the cases of a campaign show, as its charter composes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.errors import BadInput
from config.natural import natural_key
from config.wording import both
from reading.campaigns.frozen_films import FrozenCase
from reading.charter.terms import AS_CHOSEN, LEFT_OUT, SHOWN
from reading.charter.versions import terms_of
from reading.models import Campaign
from studies.models import Trial, Visit


@dataclass(frozen=True)
class OfferedVisits:
    """The visit codes to choose from when a campaign is opened, and what the charter says about the others."""

    codes: list[str]
    says: str = ""


def outside_codes(trial: Trial) -> set[str]:
    """The codes of visits outside the plan: rescue, unscheduled and early termination."""
    return set(Visit.objects.filter(subject__trial=trial, plan=None).values_list("code", flat=True).distinct())


def offered_visits(campaign: Campaign) -> OfferedVisits:
    """The planned visits, and those outside the plan where the coordinator may choose them."""
    planned = Visit.objects.filter(subject__trial=campaign.trial).exclude(plan=None)
    codes = list(planned.values_list("code", flat=True).order_by("code").distinct())
    rule, outside = terms_of(campaign.charter).outside_visits, outside_codes(campaign.trial)
    if rule == AS_CHOSEN:
        return OfferedVisits(sorted({*codes, *outside}))
    if rule == LEFT_OUT:
        return OfferedVisits(codes, "Under the charter, visits outside the plan are not shown.")
    return OfferedVisits(codes, "Under the charter, visits outside the plan are shown as well.")


def composed(campaign: Campaign, chosen: Sequence[str]) -> list[str]:
    """The chosen visits as the charter allows or completes them; BadInput for one that it leaves out."""
    rule = terms_of(campaign.charter).outside_visits
    if rule == AS_CHOSEN:
        return list(chosen)
    outside = outside_codes(campaign.trial)
    if rule == SHOWN:
        return [*chosen, *sorted(outside - set(chosen), key=natural_key)]
    if left_out := [code for code in chosen if code in outside]:
        raise BadInput(
            f"Charter version {campaign.charter.version} leaves out visits outside the plan. "
            f"Choose visits of the plan, without {both(left_out)}.",
            field="visits",
        )
    return list(chosen)


def visits_shown(campaign: Campaign, frozen: Iterable[FrozenCase]) -> list[str]:
    """The visit codes that the frozen cases show, and every visit outside the plan where the charter shows them all."""
    ids = {timepoint.visit for films in frozen for timepoint in films.timepoints}
    codes = set(Visit.objects.filter(pk__in=ids).values_list("code", flat=True))
    if terms_of(campaign.charter).outside_visits == SHOWN:
        codes |= outside_codes(campaign.trial)
    return sorted(codes)
