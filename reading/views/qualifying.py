"""Qualifications of readers: the list, the forms to grant and withdraw them, and readers who may get no case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

import instruments
from accounts.identity import signed_in
from accounts.models import User
from accounts.roles import READING_ROLES, Action, allows
from config.form_refusals import refused_on
from config.listing import asked_for
from reading.charter.unqualified import Unqualified, unqualified_people
from reading.charter.versions import current_charter, disqualify_reader, qualify_reader, terms_of
from reading.forms.qualifying import PassedForm, QualificationForm
from reading.models import Qualification, TrainingResult
from reading.views.qualification_lists import qualified_table, trained_table
from studies.access import trial_or_404
from studies.forms.planning import ReasonForm
from studies.models import Membership, Trial


def qualifications(request: HttpRequest, code: str) -> HttpResponseBase:
    """The qualifications and the training of readers, and a form to record another qualification."""
    posted = request.method == "POST"
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER if posted else Action.SEE_QUALIFICATIONS)
    people = User.objects.filter(
        memberships__in=Membership.objects.current().filter(trial=trial, role__in=READING_ROLES)
    ).distinct()
    form = QualificationForm(people, request.POST or None)
    if posted and form.is_valid():
        with refused_on(form):
            qualify_reader(trial=trial, actor=actor, user=signed_in(request), **form.cleaned_data)
            return redirect(request.path)
    writes = allows(actor.role, Action.WRITE_CHARTER)
    tables = {"qualified": qualified_table(request, trial, writes), "trained": trained_table(request, trial, writes)}
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("reading/qualifications.html")
    context = {"trial": trial, "form": form, "writes": writes, "tables": tables, "unqualified": without_cases(trial)}
    return render(request, "reading/qualifications.html", context, status=400 if form.errors else 200)


def without_cases(trial: Trial) -> list[Unqualified]:
    """The readers who get no new case under the charter in force; none if it requires no qualification."""
    charter = current_charter(trial)
    return unqualified_people(charter) if charter is not None and terms_of(charter).qualification_required else []


def qualify(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Qualifies a reader based on the training that they passed."""
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER)
    passed = TrainingResult.objects.filter(campaign__trial=trial, passed=True)
    result = get_object_or_404(passed.select_related("reader", "campaign__training", "campaign__charter"), pk=pk)
    form = PassedForm(result, request.POST or None)
    instrument = terms_of(result.campaign.charter).instrument
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            evidence = f"Training {result.campaign.code}, completed on {result.taken_at:%Y-%m-%d}: every target was met"
            given: dict[str, Any] = {
                "reader": result.reader,
                "instrument": instrument,
                "evidence": evidence,
                "result": result,
            }
            qualify_reader(trial=trial, actor=actor, user=signed_in(request), **given, **form.cleaned_data)
            return redirect("reading:qualifications", code)
    heading = (
        f"Qualify {result.reader} for {instruments.get(instrument).title}, based on training {result.campaign.code}"
    )
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Qualify the reader"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def disqualify(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Withdraws a reader's qualifications for an instrument."""
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER)
    held = get_object_or_404(Qualification.objects.select_related("reader", "trial"), trial=trial, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            disqualify_reader(qualification=held, actor=actor, reason=form.cleaned_data["reason"])
            return redirect("reading:qualifications", code)
    heading = f"Withdraw {held.reader}'s qualification for {instruments.get(held.instrument).title}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Withdraw the qualification"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
