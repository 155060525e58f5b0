"""Training: coordinators set it up and issue it, the imaging lead imports the reference, each role sees its results."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action, allows
from config.cells import Badge, Column, Link, label_of
from config.form_refusals import refused_on
from config.listing import Listing, asked_for
from config.wording import both, counted
from reading.campaigns.training import bring_references, issue_training, make_training
from reading.campaigns.training_cases import case_numbers, open_with_cases
from reading.forms.training import CasesForm, LimitsForm, ReferenceForm, TrainingBatchForm
from reading.models import Campaign, CampaignStatus, SealedReference, TrainingResult, TrainingSet
from reading.room.access import own_id
from reading.views.campaigns import campaign_or_404
from reading.views.qualification_lists import own_qualifications, qualified_table, trained_table
from reading.views.screen import unkept
from reading.views.training_lists import training_tables
from reading.views.worklist import reading_actor
from studies.access import trial_or_404
from studies.models import Trial


def begin(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Sets up a draft campaign for training."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    form = LimitsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            make_training(campaign=campaign, actor=actor, **form.cleaned_data)
            return redirect("reading:campaign", code, slug)
    heading = f"Use {campaign.code} for training: its reads will not count"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Use for training"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def choose_cases(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Opens a training campaign in preparation with chosen cases of a closed campaign."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    if not campaign.trains or campaign.status != CampaignStatus.DRAFT:
        raise Http404
    form = CasesForm(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            numbers = case_numbers(form.cleaned_data["cases"])
            made = open_with_cases(campaign=campaign, source=form.cleaned_data["source"], numbers=numbers, actor=actor)
            messages.success(request, f"The training campaign is open with {counted(len(made), 'case')}.")
            return redirect("reading:campaign", code, slug)
    heading = f"Choose cases of a closed campaign for training {campaign.code}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Open the training campaign"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def training(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The trained readers and who has passed: dates and words only, because coordinators see no scores."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    if not campaign.trains:
        raise Http404
    form = TrainingBatchForm(trial, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            issue_training(campaign=campaign, actor=actor, **form.cleaned_data)
            messages.success(request, "The reads are being issued.")
            return redirect(request.path)
    tables = {"trained": trained_table(request, trial, allows(actor.role, Action.WRITE_CHARTER), campaign)}
    return training_page(request, "reading/training.html", campaign, form, tables)


@require_GET
def references(request: HttpRequest, code: str) -> HttpResponseBase:
    """The training campaigns and the qualifications of a trial, for the imaging lead."""
    trial, _ = trial_or_404(request, code, Action.SEE_READER_SCORES)
    tables = {"campaigns": trainings_table(request, trial), "qualified": qualified_table(request, trial, writes=False)}
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("reading/references.html")
    return render(request, "reading/references.html", {"trial": trial, "tables": tables})


def trainings_table(request: HttpRequest, trial: Trial) -> Listing:
    """A row per training campaign."""

    def link_of(row: Campaign) -> Link:
        return Link(row.title, reverse("reading:reference", args=[trial.code, row.code]))

    columns = [
        Column("campaign", "Campaign", link_of, "title"),
        Column("code", "Code", "code", "code"),
        Column("status", "Status", lambda row: Badge(row.status, label_of(row, "status")), "status"),
        Column("referenced", "Cases with a reference", "cases_referenced", "cases_referenced"),
    ]
    found = trial.campaigns.filter(training__isnull=False).annotate(cases_referenced=Count("cases__reference"))
    return Listing(
        request,
        found,
        columns=columns,
        name="training-campaigns",
        prefix="campaigns",
        search=["code", "title"],
        sort="code",
        empty="The coordinator has not set up a training campaign.",
    )


def reference(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The imaging lead imports the reference scores and sees every trained reader's figures."""
    _, campaign, actor = campaign_or_404(request, code, slug, Action.SEE_READER_SCORES)
    if not campaign.trains:
        raise Http404
    form = ReferenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            done = bring_references(campaign=campaign, actor=actor, content=form.cleaned_data["file"].read())
            messages.success(request, f"The reference scores of {counted(done, 'case')} are sealed.")
            return redirect(request.path)
    results = campaign.training_results.select_related("reader", "campaign__trial", "campaign__charter")
    return training_page(
        request, "reading/reference.html", campaign, form, training_tables(request, results, own=False)
    )


def training_page(
    request: HttpRequest, template: str, campaign: Campaign, form: Form, tables: dict[str, Listing]
) -> HttpResponseBase:
    """A training campaign: its targets, the number of cases with a reference, and lists of completed trainings."""
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond(template)
    context = {
        "trial": campaign.trial,
        "campaign": campaign,
        "form": form,
        "referenced": SealedReference.objects.filter(case__campaign=campaign).count(),
        "targets": targets_in_words(campaign.training),
        "tables": tables,
    }
    return render(request, template, context, status=400 if form.errors else 200)


def targets_in_words(training: TrainingSet) -> str:
    """What a reader needs to pass.

    >>> targets_in_words(TrainingSet(least_status=0.8, most_sdc=5.0, fewest_cases=10))
    'an ICC of status of at least 0.8 and an SDC of at most 5, from 10 cases or more'
    """
    limits = {
        "an ICC of status of at least": training.least_status,
        "an ICC of change of at least": training.least_change,
        "an SDC of at most": training.most_sdc,
        "a weighted kappa of each joint of at least": training.least_kappa,
    }
    wanted = both(f"{words} {limit:g}" for words, limit in limits.items() if limit is not None)
    return f"{wanted}, from {counted(training.fewest_cases, 'case')} or more"


@require_GET
def own_training(request: HttpRequest) -> HttpResponseBase:
    """A reader's own results and qualifications."""
    reading_actor(request)
    own = TrainingResult.objects.filter(reader_id=own_id(request))
    tables = training_tables(request, own.select_related("campaign__trial", "campaign__charter"), own=True)
    tables["qualified"] = own_qualifications(request, own_id(request))
    if (asked := asked_for(request, tables.values())) is not None:
        return unkept(asked.respond("reading/own_training.html"))
    return unkept(render(request, "reading/own_training.html", {"tables": tables}))
