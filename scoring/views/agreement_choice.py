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
from config.wording import either, quoted
from jobs.models import Job
from reading.campaigns.analysis_of_record import timing_of
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from scoring.consensus.results import group_words, groups_of
from scoring.ratings.kept_figures import KeptFigures, ask_for_figures, figures_to, newest_figures
from scoring.ratings.signed_state import signed_state
from scoring.reader_codes import reader_codes
from studies.access import memberships_or_404, trial_or_404
from studies.models import Trial


@dataclass(frozen=True)
class AgreementChosen:
    """The choice, the options, and the figures that a job computed: None before the first.

    `job` computes those of the newest signatures; None while the figures are those.
    """

    campaign: Campaign
    groups: list[str]
    group: str
    kept: KeptFigures | None
    job: Job | None
    draws_cases: bool

    @property
    def end(self) -> str:
        """The visit that ends the interval; empty without figures."""
        return self.kept.end if self.kept else ""

    @property
    def failed(self) -> bool:
        """Whether the job was given up."""
        return self.job is not None and self.job.status == Job.Status.FAILED

    @property
    def group_names(self) -> dict[str, str]:
        """The groups to choose from, with their names as shown."""
        return {group: group_words(group) for group in self.groups}

    @property
    def group_name(self) -> str:
        """The chosen group as shown."""
        return group_words(self.group)

    @property
    def planned_ends(self) -> tuple[str, ...]:
        """The planned visits after baseline."""
        visits = self.kept.visits if self.kept else None
        return tuple(visit for visit in visits.ends if visit in visits.planned) if visits else ()

    @property
    def unscheduled_ends(self) -> tuple[str, ...]:
        """The visits outside the plan."""
        visits = self.kept.visits if self.kept else None
        return tuple(visit for visit in visits.ends if visit not in visits.planned) if visits else ()

    @property
    def address(self) -> str:
        """The choice as the query of an address."""
        return urlencode({"group": self.group, "interval": self.end})

    def data(self, request: HttpRequest) -> dict[str, Any] | None:
        """The figures with the readers as this person may know them; None if there are none yet."""
        return self.kept.named(names_by_code(request, self.campaign)) if self.kept else None

    def figures_or_refused(self) -> KeptFigures:
        """The figures for a download; WrongState before the first, 404 if no case has two visits and a result."""
        if self.kept is None and self.failed:
            raise WrongState(f"The agreement of campaign {self.campaign.code} {FAILED}")
        if self.kept is None:
            raise WrongState(f"The agreement of campaign {self.campaign.code} is being computed. {LATER}")
        if self.kept.data is None:
            raise Http404
        return self.kept

    def data_to_download(self, request: HttpRequest) -> dict[str, Any]:
        """The figures, with their time and whether the charter was prespecified or post hoc."""
        kept = self.figures_or_refused()
        facts = {"timing": timing_of(self.campaign), "computed": kept.as_of.isoformat(timespec="seconds")}
        return facts | (kept.named(names_by_code(request, self.campaign)) or {})


FAILED = "could not be computed. An administrator can see why and retry."
LATER = "Open this address again once the page of the agreement shows its figures."


def campaign_for(request: HttpRequest, code: str, slug: str, action: Action) -> tuple[Trial, Campaign]:
    """A campaign of a trial the person belongs to."""
    trial, _ = trial_or_404(request, code, action)
    return trial, get_object_or_404(
        Campaign.objects.select_related("trial", "charter__signature"), trial=trial, code=slug
    )


def choose(request: HttpRequest, code: str, slug: str) -> AgreementChosen:
    """The group and the interval in the address; by default the total, to the visit that the charter refers to.

    The figures are those kept; newer ones are requested if anything was signed since.
    """
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    terms, state = terms_of(campaign.charter), signed_state(campaign)
    groups = list(groups_of(instruments.get(terms.instrument)))
    group = one_of(request.GET.get("group", "total"), groups, "group of sites")
    newest, end = newest_figures(campaign), ""
    if newest is not None and newest.data is not None:
        end = newest.visits.end(terms.reference_visit) or ""
        if wanted := request.GET.get("interval"):
            end = one_of(wanted, newest.visits.ends, "end of the interval")
    kept = figures_to(campaign, group, end)
    job = None if kept and kept.state == state else ask_for_figures(campaign, group, end, state)
    return AgreementChosen(campaign, groups, group, kept, job, may_draw_cases(request, campaign))


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
    """By account, the names of readers for people who may see scores per reader; for others the dataset codes."""
    codes = reader_codes(campaign)
    if has_role_for(request, campaign, Action.SEE_READER_SCORES):
        return {person.pk: str(person) for person in User.objects.filter(pk__in=codes)}
    return codes


def names_by_code(request: HttpRequest, campaign: Campaign) -> dict[str, str]:
    """The same by dataset code, under which figures are kept."""
    names = reader_names(request, campaign)
    return {code: names[account] for account, code in reader_codes(campaign).items()}
