"""A coordinator's view of campaigns: obstacles, cases, batches, loads and late films. No scores."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.act_forms import ReasonedActForm
from accounts.identity import signed_in
from accounts.roles import Action, allows
from accounts.signed_acts import Act
from audit.trail import Actor
from config.cells import Badge, Column, Link, label_of
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing, asked_for
from config.sent_forms import sent_from
from config.wording import counted
from reading.campaigns.amending import AMENDABLE, amend_campaign, later_versions
from reading.campaigns.analysis_of_record import arms_opened_at, timing_at, timing_badge, timing_of
from reading.campaigns.failed_jobs import failed_jobs, try_again
from reading.campaigns.opening import (
    close_campaign,
    create_campaign,
    open_campaign,
    why_not,
)
from reading.campaigns.outstanding import outstanding_in
from reading.campaigns.progress import SubjectNames, counts_of
from reading.campaigns.reopening import reopen_campaign
from reading.forms.campaign import AmendForm, CampaignForm, OpenForm
from reading.issuing.adjudication import unadjudicated
from reading.issuing.numbers import reads_numbered
from reading.issuing.queries import asks_readers
from reading.issuing.repeats import repeats_in_words
from reading.leak_scan.scans import newest_scan
from reading.models import Campaign, CampaignStatus, Case, CaseStatus, Read, VoidCause
from reading.views.campaign_lists import campaign_tables, due_table
from studies.access import trial_or_404
from studies.models import Trial


def campaign_or_404(request: HttpRequest, code: str, slug: str, action: Action) -> tuple[Trial, Campaign, Actor]:
    """A campaign of a trial the person belongs to, in the role that permits the action."""
    trial, actor = trial_or_404(request, code, action)
    found = get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug)
    return trial, found, actor


def status_badge(row: Campaign | Case | Read) -> Badge:
    """The status as a word with a symbol."""
    return Badge(row.status, label_of(row, "status"))


def campaigns(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every campaign of the trial, a form for a new one, and the due dates of those that are open."""
    trial, actor = trial_or_404(request, code, Action.RUN_CAMPAIGN)
    wanted = request.GET.get("number", "").strip()
    if read := reads_numbered(wanted).filter(case__campaign__trial=trial).select_related("case__campaign").first():
        page = reverse("reading:reads", args=[code, read.case.campaign.code])
        return redirect(f"{page}?{urlencode({'q': wanted})}")
    dues = due_table(request, trial, timezone.localdate())
    if asked_for(request, [dues]) is not None:
        return dues.respond("reading/campaigns.html")
    form = CampaignForm(trial, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            made = create_campaign(
                trial=trial, actor=actor, charter=typed["charter"], code=typed["campaign_code"], title=typed["title"]
            )
            return redirect("reading:campaign", code, made.code)
    opened = arms_opened_at(trial)
    columns = [
        Column(
            "campaign",
            "Campaign",
            lambda row: Link(row.code, reverse("reading:campaign", args=[code, row.code])),
            "code",
        ),
        Column("title", "Title", sort="title"),
        Column("status", "Status", status_badge, "status", ChoiceFilter("status", CampaignStatus.choices)),
        Column("charter", "Charter version", "charter.version", "charter__version"),
        Column("analysis", "Analysis", lambda row: timing_badge(timing_at(row, opened))),
        Column("cut_off", "Film cut-off", "film_cut_off", "film_cut_off"),
    ]
    rows = trial.campaigns.select_related("charter__signature")
    listing = Listing(request, rows, columns=columns, name="campaigns", search=["code", "title"], sort="campaign")
    return listing.respond("reading/campaigns.html", {"trial": trial, "form": form, "dues": dues, "wanted": wanted})


def campaign(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The status of a campaign; a draft is opened here."""
    trial, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    form = OpenForm(shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            subjects = list(form.cleaned_data["subjects"] or trial.subjects.all())
            chosen = {name: form.cleaned_data[name] for name in ("visits", "without_baseline")}
            cases = open_campaign(campaign=shown, actor=actor, subjects=subjects, **chosen)
            messages.success(request, f"The campaign is open with {counted(len(cases), 'case')}.")
            return redirect(request.path)
    today, is_open = timezone.localdate(), shown.status == CampaignStatus.OPEN
    tables = campaign_tables(request, shown, today)
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("reading/campaign.html")
    context = {
        "trial": trial,
        "campaign": shown,
        "obstacles": why_not(shown) if shown.status == CampaignStatus.DRAFT else [],
        "scanned": newest_scan(shown) is not None,
        "form": form,
        "timing": timing_of(shown),
        "asks_readers": asks_readers(shown),
        "amendable": shown.status in AMENDABLE and later_versions(shown).exists(),
        "stopped": failed_jobs(shown),
        "counts": counts_of(shown, today),
        "tables": tables,
        "repeats": repeats_in_words(shown, outstanding_in(shown).lapsed, timezone.now()),
        "unadjudicated": unadjudicated(shown.cases.all()) if is_open else [],
    }
    return render(request, "reading/campaign.html", context, status=400 if form.errors else 200)


@sent_from("reading:campaign", "code", "slug")
def resume(request: HttpRequest, code: str, slug: str, pk: int) -> HttpResponse:
    """Retries failed work."""
    _, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    try_again(campaign=shown, job=pk, actor=actor)
    messages.success(request, "The work will be tried again.")
    return redirect("reading:campaign", code, slug)


def cases(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """One row per case with its subject and the status of each of its reads."""
    trial, shown, actor = campaign_or_404(request, code, slug, Action.SEE_PROGRESS)
    runs = allows(actor.role, Action.RETURN_READS)
    names = SubjectNames(shown)
    columns = [
        Column("number", "Case", sort="number"),
        Column("subject", "Subject", names.of),
        Column("status", "Status", status_badge, "status", ChoiceFilter("status", CaseStatus.choices)),
        Column("reads", "Reads", reads_in_words),
        Column("charter", "Charter version", "charter.version", "charter__version"),
        Column("consent", "Consent", lambda case: "Withdrawn" if case.consent_withdrawn else "", "consent_withdrawn"),
        Column(
            "void_cause",
            "Cause of voiding",
            "get_void_cause_display",
            "void_cause",
            ChoiceFilter("void_cause", VoidCause.choices),
        ),
        Column("void_reason", "Reason for voiding", sort="void_reason"),
        *([Column("void", "", lambda row: "", template="reading/cells/void.html", csv=False)] if runs else []),
    ]
    rows = shown.cases.prefetch_related("reads__reader").select_related("sealedcase", "charter")
    listing = Listing(request, rows, columns=columns, name="cases", sort="number")
    return listing.respond("reading/cases.html", {"trial": trial, "campaign": shown, "runs": runs})


def reads_in_words(case: Case) -> str:
    """The readers of the case and the status of their reads."""
    return "; ".join(f"{read.reader}: {label_of(read, 'status').lower()}" for read in case.reads.all())


@sent_from("reading:campaign", "code", "slug")
def close(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Closes a campaign."""
    _, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    close_campaign(campaign=shown, actor=actor)
    messages.success(request, "The campaign is closed; a dataset can be built.")
    return redirect("reading:campaign", code, slug)


def amend(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Puts a campaign in preparation or open under a later charter version."""
    trial, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    form = AmendForm(shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            amend_campaign(campaign=shown, actor=actor, user=signed_in(request), **form.cleaned_data)
            messages.success(request, f"The campaign is under charter version {shown.charter.version}.")
            return redirect("reading:campaign", code, slug)
    context = {"trial": trial, "of_campaign": shown.code, "form": form}
    context |= {"heading": f"Change the charter version of {slug}", "submit": "Sign"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def reopen(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Reopens a campaign that is closed and not locked."""
    trial, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    form = ReasonedActForm(Act.REOPENING, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reopen_campaign(campaign=shown, actor=actor, user=signed_in(request), **form.cleaned_data)
            return redirect("reading:campaign", code, slug)
    context = {"trial": trial, "form": form, "heading": f"Reopen campaign {slug}", "submit": "Reopen the campaign"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
