"""Suspended readers of a trial with their unsigned reads; suspending a reader, and lifting a suspension."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.act_forms import ReasonedActForm
from accounts.identity import signed_in
from accounts.roles import Action, allows
from accounts.signed_acts import Act
from config.cells import Column
from config.csv_pieces import Load
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from reading.forms.suspensions import SuspensionForm
from reading.issuing.suspensions import lift_suspension, suspend_reader, unsigned_of
from reading.models import ReaderSuspension, SuspensionCause
from studies.access import trial_or_404
from studies.models import Trial

COLUMNS = [
    Column("person", "Reader", "person", "person__name"),
    Column("cause", "Cause", "get_cause_display", "cause", ChoiceFilter("cause", SuspensionCause.choices)),
    Column("reason", "Reason"),
    Column("since", "Suspended", "suspended_at", "suspended_at"),
    Column("until", "Lifted", "lifted_at", "lifted_at"),
    Column("unsigned", "Unsigned reads", lambda row: total_of(row), template="reading/cells/suspension_reads.html"),
]
LIFT = Column("lift", "", lambda row: "", template="reading/cells/lift_suspension.html", csv=False)


def suspensions(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every suspension, including lifted ones, and a form to suspend another reader."""
    posted = request.method == "POST"
    trial, actor = trial_or_404(request, code, Action.SUSPEND_READERS if posted else Action.SEE_QUALIFICATIONS)
    form = SuspensionForm(trial, request.POST or None)
    if posted and form.is_valid():
        with refused_on(form):
            made = suspend_reader(trial=trial, actor=actor, user=signed_in(request), **form.cleaned_data)
            text = "Nothing is issued to them, and they can open no read."
            messages.success(request, f"{made.person} is suspended. {text}")
            return redirect(request.path)
    writes = allows(actor.role, Action.SUSPEND_READERS)
    listing = Listing(
        request,
        ReaderSuspension.objects.filter(trial=trial).select_related("person", "trial"),
        columns=[*COLUMNS, LIFT] if writes else COLUMNS,
        name="suspensions",
        search=["person__name", "reason"],
        sort="-since",
        empty="No reader of this trial is or was suspended.",
        load=with_unsigned(trial),
    )
    context = {"trial": trial, "form": form, "writes": writes, "submit": "Suspend the reader", "danger": True}
    answer = listing.respond("reading/suspensions.html", context)
    answer.status_code = 400 if form.errors else answer.status_code
    return answer


def with_unsigned(trial: Trial) -> Load:
    """Gives suspensions that count the unsigned reads of their reader, by campaign."""

    def load(rows: Sequence[ReaderSuspension]) -> None:
        held = unsigned_of({row.person_id for row in rows if row.lifted_at is None}, trial)
        for row in rows:
            vars(row)["unsigned"] = held.get(row.person_id, []) if row.lifted_at is None else []

    return load


def total_of(row: ReaderSuspension) -> int:
    """The number of the reader's unsigned reads."""
    return sum(count for _, count in vars(row)["unsigned"])


def lift(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Lifts the suspension."""
    trial, actor = trial_or_404(request, code, Action.SUSPEND_READERS)
    held = get_object_or_404(ReaderSuspension.objects.select_related("person", "trial"), trial=trial, pk=pk)
    form = ReasonedActForm(Act.SUSPENSION_LIFTED, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            lift_suspension(suspension=held, actor=actor, user=signed_in(request), **form.cleaned_data)
            messages.success(request, f"The suspension of {held.person} is lifted.")
            return redirect("reading:suspensions", code)
    heading = f"Lift the suspension of {held.person}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Lift the suspension"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
