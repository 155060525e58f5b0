"""Reader monitoring for the imaging lead: a list of readers, and each reader's charts with their tables."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Badge, Column, Link
from config.listing import Listing, asked_for
from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.agreement.results import Estimate
from scoring.models import ReaderAlarm
from scoring.monitoring.campaign import Monitored, monitored_campaign
from scoring.monitoring.drift import BASELINE, FEWEST, LIMIT
from scoring.monitoring.figures import figures_of
from scoring.monitoring.reader import FEWEST_CASES, MonitoredReader
from scoring.views.agreement_choice import campaign_for
from scoring.views.alarms import alarm_table
from scoring.views.monitoring_lists import TOO_FEW, number, per_cent, tables_of

OF_ADJUDICATION = {"discordant", "index", "index_from", "index_to"}
OF_REPEATS = {"repeats", "icc", "sdc"}
OF_ENTRIES = "Of the entries before the first signature, the share made with one key for a whole joint"


@require_GET
def readers(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """A row for each reader with a signed primary read."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    monitored = monitored_campaign(campaign)
    listing = Listing(
        request,
        monitored.readers,
        columns=columns_of(campaign),
        name=f"readers-{campaign.code}",
        caption="Readers",
        search=["reader"],
        empty="No read of this campaign has been signed yet.",
        hidden=["compared", "index_from", "index_to", "zeros"],
    )
    rows = ReaderAlarm.objects.filter(campaign=campaign)
    alarms = alarm_table(request, campaign.trial, rows, shows_detail=True, prefix="alarms")
    if (asked := asked_for(request, [alarms])) is not None:
        return asked.respond("scoring/readers.html")
    context = {"trial": campaign.trial, "campaign": campaign, "cases": monitored.cases, "fewest": FEWEST_CASES}
    context["alarms"] = [words for one in monitored.readers if (words := monitored.alarm_in_words(one))]
    return listing.respond("scoring/readers.html", context | {"raised": alarms})


def columns_of(campaign: Campaign) -> list[Column]:
    """The figures of each reader."""

    def name(row: MonitoredReader) -> Link:
        return Link(row.name, reverse("scoring:reader", args=[campaign.trial.code, campaign.code, row.number]))

    columns = [
        Column("reader", "Reader", name, "reader"),
        Column("reads", "Reads signed", lambda row: len(row.reads), "reads"),
        Column("compared", "Compared with a partner", lambda row: len(row.compared), "compared"),
        Column("difference", "Mean difference", lambda row: number(row.mean_difference), "difference"),
        Column("drift", "Drift", drift_badge, "drift"),
        Column("discordant", "Discordant", lambda row: per_cent(row.discordant_share), "discordant"),
        Column("index", "Disagreement index", lambda row: share_of(row.disagreement, "value")),
        Column("index_from", "Index, 95 % from", lambda row: share_of(row.disagreement, "lower")),
        Column("index_to", "Index, 95 % to", lambda row: share_of(row.disagreement, "upper")),
        Column("missing", "Not assessable", lambda row: per_cent(row.missing_share), "missing"),
        Column("zeros", "Grade 0", lambda row: per_cent(row.zero_share), "zeros"),
        Column("bulk", "Whole joint at once", lambda row: per_cent(row.bulk_share), "bulk", help=OF_ENTRIES),
        Column("minutes", "Median minutes", lambda row: number(row.minutes, 1), "minutes"),
        Column("repeats", "Repeats", lambda row: row.repeats["n"] if row.repeats else 0, "repeats"),
        Column("icc", "ICC of repeats", lambda row: estimate(row, "change")),
        Column("sdc", "SDC of repeats", lambda row: estimate(row, "sdc")),
    ]
    terms = terms_of(campaign.charter)
    left_out = {"bulk"} if not terms.bulk_zero else set()
    left_out |= OF_ADJUDICATION if not terms.adjudicates else set()
    left_out |= OF_REPEATS if not terms.repeats_share else set()
    return [column for column in columns if column.key not in left_out]


def share_of(found: Estimate | None, part: str) -> str:
    """A part of an estimated share: its value or a limit.

    >>> share_of(Estimate("disagreement index", 0.125, 0.05, 0.25, 40, 1), "upper"), share_of(None, "value")
    ('25.0 %', 'Too few')
    """
    return per_cent(getattr(found, part, None))


def drift_badge(row: MonitoredReader) -> Badge:
    """The finding of the chart."""
    if row.drift.reason:
        return Badge("none", "No chart", "neutral")
    if row.drift.alarm is not None:
        return Badge("drift", f"Alarm at case {row.drift.alarm}", "waiting")
    return Badge("within", "No alarm", "good")


def estimate(row: MonitoredReader, name: str) -> str:
    """A figure of the reader's repeats with its interval."""
    if row.repeats is None or row.repeats["n"] < FEWEST_CASES:
        return TOO_FEW
    found = row.repeats[name]
    if found["value"] is None:
        return str(found["reason"])
    if found["lower"] is None:
        return f"{found['value']:.3f}"
    return f"{found['value']:.3f} ({found['lower']:.3f} to {found['upper']:.3f})"


@require_GET
def reader(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponseBase:
    """A reader's charts, each with its table."""
    campaign, monitored, shown = reader_or_404(request, code, slug, number)
    tables = tables_of(request, shown, monitored)
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("scoring/reader.html")
    context = {"trial": campaign.trial, "campaign": campaign, "reader": shown, "tables": tables, "limit": LIMIT}
    context["adjudicates"] = terms_of(campaign.charter).adjudicates
    context["facts"] = [(column.label, column.of(shown)) for column in columns_of(campaign) if column.key != "reader"]
    context |= {"figures": figures_of(shown).keys(), "alarm": monitored.alarm_in_words(shown)}
    return render(request, "scoring/reader.html", context | {"baseline": BASELINE, "fewest": FEWEST})


@require_GET
def reader_figure(request: HttpRequest, code: str, slug: str, number: int, name: str) -> HttpResponse:
    """A chart of a reader as SVG."""
    _, _, shown = reader_or_404(request, code, slug, number)
    figures = figures_of(shown)
    if name not in figures:
        raise Http404
    return HttpResponse(figures[name], content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


def reader_or_404(
    request: HttpRequest, code: str, slug: str, number: int
) -> tuple[Campaign, Monitored, MonitoredReader]:
    """A reader of the campaign by the number of their code."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    monitored = monitored_campaign(campaign)
    shown = next((one for one in monitored.readers if one.number == number), None)
    if shown is None:
        raise Http404
    return campaign, monitored, shown
