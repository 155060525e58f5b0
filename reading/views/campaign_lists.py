"""The lists on the page of a campaign, and the due dates of all open campaigns of a trial."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.urls import reverse

from config.cells import Badge, Column, Link, Progress
from config.filters import DayFilter
from config.listing import Listing
from reading.campaigns.late_films import late_films
from reading.campaigns.progress import loads_of
from reading.campaigns.reminders import DUE_IN_DAYS
from reading.models import Batch, Campaign, CampaignStatus, ImageProblem, ReadStatus
from reading.models.read import COUNTING
from studies.models import Trial

OPEN, RESOLVED = Badge("open", "Open", "waiting"), Badge("resolved", "Resolved", "good")


def campaign_tables(request: HttpRequest, campaign: Campaign, today: date) -> dict[str, Listing]:
    """The lists by name."""
    return {
        "readers": readers_table(request, campaign, today),
        "late": late_table(request, campaign),
        "problems": problems_table(request, campaign),
        "batches": batches_table(request, campaign),
    }


def readers_table(request: HttpRequest, campaign: Campaign, today: date) -> Listing:
    """A row per reader with their reads."""
    columns = [
        Column("reader", "Reader", "name", "reader"),
        Column("signed", "Signed", lambda load: Progress(load.signed, load.assigned)),
        Column("overdue", "Overdue", "overdue", "overdue"),
    ]
    return Listing(
        request,
        loads_of(campaign, today),
        columns=columns,
        name=f"readers-{campaign.code}",
        caption="Readers",
        prefix="readers",
        empty="No read has been issued.",
        empty_link=("Assign a batch", reverse("reading:assign", args=[campaign.trial.code, campaign.code])),
    )


def late_table(request: HttpRequest, campaign: Campaign) -> Listing:
    """Cases that show films other than those of today."""
    columns = [
        Column("case", "Case", lambda row: row[0].number, "case"),
        Column("difference", "Difference", lambda row: row[1]),
        Column("void", "", lambda row: "", template="reading/cells/void_late.html", csv=False),
    ]
    return Listing(
        request,
        [(case, says, campaign) for case, says in late_films(campaign)] if campaign.status == "open" else [],
        columns=columns,
        name=f"late-films-{campaign.code}",
        caption="Late, replaced or withdrawn films",
        prefix="late",
        empty="Every case shows the current films.",
    )


def problems_table(request: HttpRequest, campaign: Campaign) -> Listing:
    """Every problem with a film that a reader reported; open ones first."""
    rows = ImageProblem.objects.filter(read__case__campaign=campaign)
    columns = [
        Column("case", "Case", "read.case.number", "read__case__number"),
        Column("reader", "Reader", "read.reader", "read__reader__name"),
        Column("problem", "Problem", "reason", "reason"),
        Column("note", "Note"),
        Column("reported", "Reported", "reported_at", "reported_at"),
        Column("state", "State", lambda row: OPEN if row.settled_at is None else RESOLVED),
        Column("resolved", "Resolved", "settled_at", "settled_at"),
        Column("settlement", "How it was resolved", "settlement"),
        Column("act", "", lambda row: "", template="reading/cells/settle.html", csv=False),
    ]
    return Listing(
        request,
        rows.select_related("read__case__campaign__trial", "read__reader").order_by(
            F("settled_at").desc(nulls_first=True), "-pk"
        ),
        columns=columns,
        name=f"image-problems-{campaign.code}",
        caption="Image problems",
        prefix="problems",
        search=["read__reader__name", "reason", "note"],
        empty="No reader has reported an image problem.",
        hidden=["resolved", "settlement"],
    )


def due_table(request: HttpRequest, trial: Trial, today: date) -> Listing:
    """The batches of all open campaigns by the day on which they are due; those without one come last."""
    counting = Q(reads__status__in=COUNTING)
    rows = Batch.objects.filter(campaign__trial=trial, campaign__status=CampaignStatus.OPEN)
    rows = rows.annotate(
        issued=Count("reads", filter=counting),
        signed=Count("reads", filter=Q(reads__status=ReadStatus.SIGNED)),
    )
    columns = [
        Column("due", "Due", "due_on", "due_on", DayFilter("due_on")),
        Column("campaign", "Campaign", campaign_link, "campaign__code"),
        Column("batch", "Batch", "name", "name"),
        Column("signed", "Reads signed", lambda batch: Progress(batch.signed, batch.issued)),
        Column("state", "State", lambda batch: due_state(batch, today)),
    ]
    return Listing(
        request,
        rows.filter(issued__gt=0).select_related("campaign__trial"),
        columns=columns,
        name="due-dates",
        caption="Due dates",
        prefix="due",
        search=["campaign__code", "name"],
        sort="due",
        empty="No batch of an open campaign has been issued.",
        per_page=25,
    )


def campaign_link(batch: Batch) -> Link:
    """The campaign of a batch, with a link to its page."""
    campaign = batch.campaign
    return Link(campaign.code, reverse("reading:campaign", args=[campaign.trial.code, campaign.code]))


def due_state(batch: Any, today: date) -> Badge:
    """Whether a batch is signed, overdue, due within the days before which readers are reminded, or due later."""
    if batch.signed == batch.issued:
        return Badge("signed", "All signed", "good")
    if batch.due_on is None:
        return Badge("open", "No due date", "waiting")
    if batch.due_on < today:
        return Badge("overdue", "Overdue", "bad")
    soon = batch.due_on <= today + timedelta(days=DUE_IN_DAYS)
    return Badge("due", "Due soon", "waiting") if soon else Badge("expected", "Due later")


def batches_table(request: HttpRequest, campaign: Campaign) -> Listing:
    """Every batch, the newest first."""
    columns = [
        Column("batch", "Batch", "name", "name"),
        Column("due", "Due", "due_on", "due_on"),
        Column("issued", "Issued", "issued_at", "issued_at"),
        Column("revealed", "Seed revealed", "seed_revealed_at", "seed_revealed_at"),
    ]
    return Listing(
        request,
        campaign.batches.order_by("-pk"),
        columns=columns,
        name=f"batches-{campaign.code}",
        caption="Batches",
        prefix="batches",
        search=["name"],
        empty="No batch has been issued.",
        per_page=25,
    )
