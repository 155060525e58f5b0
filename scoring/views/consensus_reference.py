"""The imaging lead takes the consensus of a closed campaign as the reference of a training campaign."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import Action
from config.form_refusals import refused_on
from config.wording import counted
from reading.forms.training import SourceForm
from reading.views.campaigns import campaign_or_404
from scoring.consensus_reference import bring_consensus


def consensus_reference(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The closed campaign whose cases the training campaign shows."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.SEE_READER_SCORES)
    if not campaign.trains:
        raise Http404
    form = SourceForm(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            done = bring_consensus(campaign=campaign, source=form.cleaned_data["source"], actor=actor)
            messages.success(request, f"The reference scores of {counted(done, 'case')} are sealed.")
            return redirect("reading:reference", code, slug)
    heading = f"Use the consensus of a closed campaign as the reference of {campaign.code}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Use and seal"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
