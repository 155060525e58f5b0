"""Access to a campaign's score history: everything, everything but identities, or only counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404, HttpRequest

from accounts.roles import Action, Role
from audit.trail import Actor
from reading.models import Campaign, CampaignStatus, ItemScore, Read, ReadKind, SignedValues
from scoring.history.revisions import IDENTIFIED, Identities, revisions_of
from studies.access import trial_or_404
from studies.models import Trial


@dataclass(frozen=True)
class HistoryAccess:
    """A campaign of a trial and the person who views its history; no campaign if none was opened yet."""

    trial: Trial
    actor: Actor
    campaign: Campaign | None

    @property
    def whole(self) -> Campaign:
        """The campaign whose rows the person sees; 404 where they see counts or nothing."""
        if self.campaign is None or self.counts_only:
            raise Http404
        return self.campaign

    @property
    def counts_only(self) -> bool:
        """An auditor sees rows once the campaign is locked."""
        locked = self.campaign is not None and self.campaign.status == CampaignStatus.LOCKED
        return self.actor.role == Role.AUDITOR and not locked

    @property
    def identities(self) -> Identities | None:
        """Subjects and visits; None while the campaign is open."""
        return Identities(self.whole) if self.whole.status in IDENTIFIED else None


def seen_by(request: HttpRequest, code: str, action: Action = Action.SEE_SCORE_HISTORY) -> HistoryAccess:
    """The campaign in the address, by default the one opened last."""
    trial, actor = trial_or_404(request, code, action)
    campaigns = trial.campaigns.exclude(status=CampaignStatus.DRAFT).select_related("trial", "charter")
    if wanted := request.GET.get("campaign", ""):
        campaigns = campaigns.filter(code=wanted)
        if not campaigns:
            raise Http404
    return HistoryAccess(trial, actor, campaigns.order_by("-film_cut_off", "-pk").first())


def counts_of(campaign: Campaign) -> list[tuple[str, int]]:
    """Counts in primary reads; counting other reads would reveal how many cases were adjudicated."""
    revisions = revisions_of(campaign).filter(timepoint__step__read__kind=ReadKind.PRIMARY).order_by()
    reads = Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
    counted = revisions.aggregate(
        every=Count("pk"),
        changes=Count("pk", filter=Q(revision__gt=1)),
        after=Count("pk", filter=Q(after_signature=True)),
        clock=Count("pk", filter=Q(captured_plausible=False)),
    )
    return [
        ("Primary reads", reads.count()),
        ("Signed versions", SignedValues.objects.filter(step__read__in=reads).count()),
        ("Revisions", counted["every"]),
        ("Changes of a cell", counted["changes"]),
        ("After a signature", counted["after"]),
        ("Implausible clocks", counted["clock"]),
    ]


def cell_of(seen: HistoryAccess, timepoint: str, item: str) -> list[int]:
    """The revisions of a cell of the trial by key, newest first; 404 if it has none."""
    found = ItemScore.objects.filter(timepoint__token=timepoint, item=item)
    keys = list(
        found.filter(timepoint__step__read__case__campaign=seen.whole).order_by("-pk").values_list("pk", flat=True)
    )
    if not keys:
        raise Http404
    return keys
