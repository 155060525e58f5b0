"""A person's choice on the agreement page: a group of sites and an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

import instruments
from accounts.models import User
from accounts.roles import Action, allows
from config.errors import BadInput, WrongState
from config.process_cache import Kept
from config.wording import either, quoted
from reading.campaigns.analysis_of_record import timing_of
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from scoring.consensus.results import group_words, groups_of
from scoring.ratings.agreement_data import agreement_data
from scoring.ratings.campaign import CampaignRatings, Values, ratings_of
from scoring.ratings.signed_state import signed_state
from scoring.reader_codes import reader_codes
from studies.access import memberships_or_404, trial_or_404
from studies.models import Trial

ratings_kept = Kept[CampaignRatings](size=16)
figures = Kept[dict[str, Any]](size=16)


@dataclass(frozen=True)
class AgreementChosen:
    """The choice, the options, and the ratings; `end` is None if no case has two visits and a result."""

    campaign: Campaign
    groups: list[str]
    group: str
    ratings: CampaignRatings
    end: str | None
    draws_cases: bool

    @property
    def group_names(self) -> dict[str, str]:
        """The groups to choose from, with their names as shown."""
        return {group: group_words(group) for group in self.groups}

    @property
    def group_name(self) -> str:
        """The chosen group as shown."""
        return group_words(self.group)

    @property
    def change(self) -> Values:
        """The changes over the interval: cases x readers."""
        return self.ratings.changes[:, self.ratings.visits.ends.index(self.end or "")]

    @property
    def planned_ends(self) -> tuple[str, ...]:
        """The planned visits after baseline."""
        return tuple(visit for visit in self.ratings.visits.ends if visit in self.ratings.visits.planned)

    @property
    def unscheduled_ends(self) -> tuple[str, ...]:
        """The visits outside the plan."""
        return tuple(visit for visit in self.ratings.visits.ends if visit not in self.ratings.visits.planned)

    @property
    def address(self) -> str:
        """The choice as the query of an address."""
        return urlencode({"group": self.group, "interval": self.end or ""})

    def data(self, request: HttpRequest) -> dict[str, Any] | None:
        """The figures; None if there are none yet."""
        if self.end is None:
            return None
        names, end = reader_names(request, self.campaign), self.end
        return figures.of(
            (self.campaign.pk, self.group, end, tuple(names.items())),
            signed_state(self.campaign),
            lambda: agreement_data(self.campaign, self.ratings, group=self.group, end=end, names=names),
        )

    def data_or_404(self, request: HttpRequest) -> dict[str, Any]:
        """The figures for a download, which states whether the charter was prespecified or post hoc."""
        data = self.data(request)
        if data is None:
            raise Http404
        return {"timing": timing_of(self.campaign)} | data


def campaign_for(request: HttpRequest, code: str, slug: str, action: Action) -> tuple[Trial, Campaign]:
    """A campaign of a trial the person belongs to."""
    trial, _ = trial_or_404(request, code, action)
    return trial, get_object_or_404(
        Campaign.objects.select_related("trial", "charter__signature"), trial=trial, code=slug
    )


def choose(request: HttpRequest, code: str, slug: str) -> AgreementChosen:
    """The group and the interval in the address; by default the total, to the visit that the charter refers to."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    terms = terms_of(campaign.charter)
    groups = list(groups_of(instruments.get(terms.instrument)))
    group = one_of(request.GET.get("group", "total"), groups, "group of sites")
    ratings = ratings_kept.of((campaign.pk, group), signed_state(campaign), lambda: ratings_of(campaign, group))
    end = ratings.visits.end(terms.reference_visit) if ratings.people else None
    if end is not None and (wanted := request.GET.get("interval")):
        end = one_of(wanted, ratings.visits.ends, "end of the interval")
    return AgreementChosen(campaign, groups, group, ratings, end, may_draw_cases(request, campaign))


def may_draw_cases(request: HttpRequest, campaign: Campaign) -> bool:
    """Whether a figure may have a point for each case: for the imaging lead once the campaign is closed.

    With the values of its timepoints, the change of a case shows their true order.
    """
    if campaign.status != CampaignStatus.OPEN:
        return True
    return has_role_for(request, campaign, Action.BUILD_DATASET)


def has_role_for(request: HttpRequest, campaign: Campaign, action: Action) -> bool:
    """Whether any role of the person in the trial permits the action."""
    return any(allows(one.role, action) for one in memberships_or_404(request, campaign.trial.code))


def demand_drawn_cases(chosen: AgreementChosen) -> None:
    """WrongState while the person may not see the changes of single cases."""
    if not chosen.draws_cases:
        raise WrongState(f"Charts with a point for each case appear once campaign {chosen.campaign.code} is closed.")


def one_of(value: str, allowed: list[str] | tuple[str, ...], what: str) -> str:
    """The value if it is allowed."""
    if value not in allowed:
        raise BadInput(f"The {what} cannot be {quoted(value)}. Choose {either(allowed)}.")
    return value


def reader_names(request: HttpRequest, campaign: Campaign) -> dict[int, str]:
    """Readers by name for people who may see scores per reader, else by dataset code."""
    codes = reader_codes(campaign)
    if has_role_for(request, campaign, Action.SEE_READER_SCORES):
        return {person.pk: str(person) for person in User.objects.filter(pk__in=codes)}
    return codes
