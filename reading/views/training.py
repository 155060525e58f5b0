"""Training: coordinators set it up and issue it, the imaging lead imports the reference, each role sees its results."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.form_refusals import refused_on
from config.wording import counted
from reading.campaigns.training import bring_references, issue_training, make_training
from reading.forms.training import LimitsForm, ReferenceForm, TrainingBatchForm
from reading.models import Campaign, SealedReference, TrainingResult
from reading.room.access import own_id
from reading.views.campaigns import campaign_or_404
from reading.views.screen import unkept
from reading.views.worklist import reading_actor
from studies.access import trial_or_404


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


def training(request: HttpRequest, code: str, slug: str) -> HttpResponse:
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
    return training_page(request, "reading/training.html", campaign, form)


@require_GET
def references(request: HttpRequest, code: str) -> HttpResponse:
    """The training campaigns of a trial, for the imaging lead."""
    trial, _ = trial_or_404(request, code, Action.SEE_READER_SCORES)
    found = trial.campaigns.filter(training__isnull=False).annotate(cases_referenced=Count("cases__reference"))
    return render(request, "reading/references.html", {"trial": trial, "campaigns": found})


def reference(request: HttpRequest, code: str, slug: str) -> HttpResponse:
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
    return training_page(request, "reading/reference.html", campaign, form)


def training_page(request: HttpRequest, template: str, campaign: Campaign, form: Form) -> HttpResponse:
    """A training campaign: the number of cases with a reference, and the results of the readers."""
    context = {
        "trial": campaign.trial,
        "campaign": campaign,
        "form": form,
        "referenced": SealedReference.objects.filter(case__campaign=campaign).count(),
        "results": campaign.training_results.select_related("reader"),
    }
    return render(request, template, context, status=400 if form.errors else 200)


@require_GET
def own_training(request: HttpRequest) -> HttpResponse:
    """A reader's own results."""
    reading_actor(request)
    own = TrainingResult.objects.filter(reader_id=own_id(request)).select_related("campaign__trial")
    return unkept(render(request, "reading/own_training.html", {"results": own}))
