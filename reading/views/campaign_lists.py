"""The lists on the page of a campaign: its readers, its batches, its image problems and films that changed."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from config.cells import Badge, Column, Progress
from config.listing import Listing
from reading.campaigns.late_films import late_films
from reading.campaigns.progress import loads_of
from reading.models import Campaign, ImageProblem

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
