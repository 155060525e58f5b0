"""Subjects who withdrew consent: recorded, completed by the sponsor's instruction, and corrected if mistaken."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.act_forms import ReasonedActForm
from accounts.identity import signed_in
from accounts.roles import Action
from accounts.signed_acts import Act
from config.cells import Column, Link
from config.form_refusals import refused_on
from config.listing import Listing
from config.wording import both
from reading.forms.consent import ConsentForm, InstructionForm
from reading.issuing.consent import correct_consent, stopped_for, withdraw_consent
from studies.access import trial_or_404
from studies.models import ConsentWithdrawal, Trial
from studies.plan.consent import record_instruction

COLUMNS = [
    Column("subject", "Subject", lambda row: subject_of(row), "subject__natural"),
    Column("site", "Site", "subject.site", "subject__site__natural"),
    Column("on", "Withdrawn on", "withdrawn_on", "withdrawn_on"),
    Column("statement", "What was withdrawn"),
    Column("instruction", "Sponsor's instruction"),
    Column("recorded", "Recorded", "recorded_at", "recorded_at"),
    Column("corrected", "Corrected", "corrected_at", "corrected_at"),
    Column("change", "", lambda row: "", template="reading/cells/consent.html", csv=False),
]


def subject_of(row: ConsentWithdrawal) -> Link:
    """The subject with a link to their page."""
    subject = row.subject
    return Link(subject.code, reverse("studies:subject", args=[subject.trial.code, subject.pk]))


def withdrawals(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every withdrawal, including those recorded by mistake, and a form to record another."""
    trial, actor = trial_or_404(request, code, Action.RECORD_CONSENT)
    form = ConsentForm(trial, request.POST or None, chosen=request.GET.get("subject", ""))
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made = withdraw_consent(actor=actor, user=signed_in(request), **form.cleaned_data)
            text = "consent withdrawn. Films of the subject are no longer accepted or opened."
            messages.success(request, f"Subject {made.subject.code}: {text}")
            return redirect(request.path)
    listing = Listing(
        request,
        ConsentWithdrawal.objects.filter(subject__trial=trial).select_related("subject__site", "subject__trial"),
        columns=COLUMNS,
        name="consent",
        search=["subject__code", "statement", "instruction"],
        sort="-recorded",
        empty="No subject of this trial is recorded as having withdrawn consent.",
    )
    answer = listing.respond("reading/consent.html", {"trial": trial, "form": form})
    answer.status_code = 400 if form.errors else answer.status_code
    return answer


def withdrawal_or_404(trial: Trial, pk: int) -> ConsentWithdrawal:
    """A withdrawal of a subject of the trial."""
    return get_object_or_404(ConsentWithdrawal.objects.select_related("subject__trial"), subject__trial=trial, pk=pk)


def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Records that the withdrawal was a mistake."""
    trial, actor = trial_or_404(request, code, Action.RECORD_CONSENT)
    held = withdrawal_or_404(trial, pk)
    form = ReasonedActForm(Act.CONSENT_CORRECTION, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            correct_consent(withdrawal=held, actor=actor, user=signed_in(request), **form.cleaned_data)
            text = f"consent was not withdrawn. Films are accepted and opened again. {what_follows(held)}"
            messages.success(request, f"Subject {held.subject.code}: {text}")
            return redirect("reading:consent", code)
    heading = f"Subject {held.subject.code}: the withdrawal was recorded by mistake"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Correct the record"}
    return render(request, "reading/consent_change.html", context, status=400 if form.errors else 200)


def what_follows(corrected: ConsentWithdrawal) -> str:
    """The remaining work for the reads that were ended."""
    again = "Issue the ended reads again in a batch."
    ended = sorted({case.campaign.code for case in stopped_for(corrected.subject)})
    if not ended:
        return again
    return f"{again} The subject remains without a result in {both(ended)} unless the campaign is reopened."


def instruct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Records the sponsor's instruction about the collected data."""
    trial, actor = trial_or_404(request, code, Action.RECORD_CONSENT)
    held = withdrawal_or_404(trial, pk)
    form = InstructionForm(request.POST or None, initial={"instruction": held.instruction})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            record_instruction(withdrawal=held, actor=actor, **form.cleaned_data)
            messages.success(request, f"Subject {held.subject.code}: the sponsor's instruction was recorded.")
            return redirect("reading:consent", code)
    heading = f"The sponsor's instruction about the data of subject {held.subject.code}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Record the instruction"}
    return render(request, "reading/consent_change.html", context, status=400 if form.errors else 200)
