"""The progress of every campaign of a trial, for people who follow it without running it: counts only."""

from __future__ import annotations

from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import Action, allows
from config.cells import Badge, Column, Link, Progress, label_of
from config.filters import ChoiceFilter
from config.listing import Listing
from reading.models import Campaign, CampaignStatus, Case, CaseStatus, Read, ReadStatus
from studies.access import trial_or_404
from studies.models import Trial

FINISHED = (CaseStatus.CONSENSUS, CaseStatus.ADJUDICATED)


@require_GET
def progress(request: HttpRequest, code: str) -> HttpResponseBase:
    """A row for each campaign."""
    trial, actor = trial_or_404(request, code, Action.SEE_PROGRESS)
    columns = [*COLUMNS, *(LINKS if allows(actor.role, Action.SEE_READER_SCORES) else [])]
    listing = Listing(
        request,
        followed(trial),
        columns=columns,
        name="progress",
        caption="Campaigns",
        search=["code", "title"],
        sort="campaign",
        empty="The trial has no campaign yet.",
        hidden=["charter"],
    )
    return listing.respond("reading/progress.html", {"trial": trial})


def followed(trial: Trial) -> QuerySet[Campaign]:
    """The campaigns with their counts, in one query."""
    cases = Case.objects.filter(campaign=OuterRef("pk"))
    reads = Read.objects.counting().filter(case__campaign=OuterRef("pk"))
    unsigned = reads.exclude(status=ReadStatus.SIGNED)
    return trial.campaigns.select_related("charter", "trial").annotate(
        n_cases=counted(cases.expected(), "campaign"),
        n_finished=counted(cases.filter(status__in=FINISHED), "campaign"),
        n_reads=counted(reads, "case__campaign"),
        n_signed=counted(reads.filter(status=ReadStatus.SIGNED), "case__campaign"),
        n_overdue=counted(unsigned.filter(batch__due_on__lt=timezone.localdate()), "case__campaign"),
        last_signed=Subquery(
            reads.order_by().values("case__campaign").annotate(last=Max("signed_at")).values("last")[:1]
        ),
    )


def counted(rows: QuerySet[Case] | QuerySet[Read], group: str) -> Coalesce:
    """The number of these rows of each campaign."""
    numbers = rows.order_by().values(of=F(group)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def cases_of(row: Campaign) -> Link:
    """The campaign with a link to its cases."""
    return Link(row.code, reverse("reading:cases", args=[row.trial.code, row.code]))


def comparison_of(row: Campaign) -> Link | None:
    """A link to two reads side by side, once the campaign is closed."""
    if row.status not in (CampaignStatus.CLOSED, CampaignStatus.LOCKED):
        return None
    return Link("Compare", reverse("scoring:comparisons", args=[row.trial.code, row.code]))


def checks_of(row: Campaign) -> Link:
    """A link to the score checks."""
    return Link("View checks", reverse("scoring:checks", args=[row.trial.code, row.code]))


def readers_of(row: Campaign) -> Link:
    """A link to the monitoring of readers."""
    return Link("View readers", reverse("scoring:readers", args=[row.trial.code, row.code]))


COLUMNS = [
    Column("campaign", "Campaign", cases_of, "code"),
    Column("title", "Title", sort="title"),
    Column(
        "status",
        "Status",
        lambda row: Badge(row.status, label_of(row, "status")),
        "status",
        ChoiceFilter("status", CampaignStatus.choices),
    ),
    Column("charter", "Charter version", "charter.version", "charter__version"),
    Column("finished", "Cases with a result", lambda row: Progress(row.n_finished, row.n_cases), "n_finished"),
    Column("signed", "Reads signed", lambda row: Progress(row.n_signed, row.n_reads), "n_signed"),
    Column("overdue", "Reads overdue", "n_overdue", "n_overdue"),
    Column("last", "Last signature", "last_signed", "last_signed"),
]
# For people who see scores by reader.
LINKS = [
    Column("checks", "Score checks", checks_of, csv=False),
    Column("readers", "Readers", readers_of, csv=False),
    Column("comparison", "Two reads of a case", comparison_of, csv=False),
]
