"""The coordinator's actions on the deviation log: a new entry, a correction, closing and reopening."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.roles import Action
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from config.whole import whole_from
from studies.access import trial_or_404
from studies.forms.deviations import CloseDeviationForm, CorrectionForm, EntryForm, ReopenDeviationForm
from studies.models import DeviationVersion, Trial
from studies.plan.deviation_log import close_deviation, correct_deviation, log_once, reopen_deviation
from studies.views.deviations import entry_page, newest_or_404, version_or_404


def new_deviation(request: HttpRequest, code: str) -> HttpResponse:
    """Logs a deviation; the address can name the subject and visit that it is about."""
    trial, actor = trial_or_404(request, code, Action.WRITE_DEVIATIONS)
    about = {name: request.GET.get(name, "") for name in ("site", "subject", "visit")}
    form = EntryForm(trial, request.POST or None, initial={"noticed_on": timezone.localdate(), **about})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made = log_once(trial=trial, entry=form.entry(), actor=actor)
            messages.success(request, f"Deviation {made.number} was logged.")
            return redirect("studies:deviation", code, made.number)
    context = {"trial": trial, "form": form}
    return render(request, "studies/deviation_form.html", context, status=400 if form.errors else 200)


def correct(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Corrects or completes an entry."""
    trial, actor = trial_or_404(request, code, Action.WRITE_DEVIATIONS)
    seen = read_before(request, trial, number)
    form = CorrectionForm(seen, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reason = form.cleaned_data["reason"]
            made = correct_deviation(seen=seen, entry=form.entry(), reason=reason, actor=actor)
            messages.success(request, f"Deviation {number} was corrected. It is now version {made.version}.")
            return redirect("studies:deviation", code, number)
    context = {"trial": trial, "form": form, "seen": seen}
    return render(request, "studies/deviation_form.html", context, status=400 if form.errors else 200)


@sent_from("studies:deviation", "code", "number")
def close(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Closes an entry."""
    trial, actor = trial_or_404(request, code, Action.WRITE_DEVIATIONS)
    seen = read_before(request, trial, number)
    form = CloseDeviationForm(request.POST, auto_id="close-%s")
    if form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            close_deviation(seen=seen, closed_on=typed["closed_on"], reason=typed["reason"], actor=actor)
            messages.success(request, f"Deviation {number} is closed.")
            return redirect("studies:deviation", code, number)
    return entry_page(request, seen, {"close_form": form})


@sent_from("studies:deviation", "code", "number")
def reopen(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Opens a closed entry again."""
    trial, actor = trial_or_404(request, code, Action.WRITE_DEVIATIONS)
    seen = read_before(request, trial, number)
    form = ReopenDeviationForm(request.POST, auto_id="reopen-%s")
    if form.is_valid():
        with refused_on(form):
            reopen_deviation(seen=seen, reason=form.cleaned_data["reason"], actor=actor)
            messages.success(request, f"Deviation {number} is open again.")
            return redirect("studies:deviation", code, number)
    return entry_page(request, seen, {"reopen_form": form})


def read_before(request: HttpRequest, trial: Trial, number: int) -> DeviationVersion:
    """The version from which the person's form was made; if not given, the newest, and the form requires it."""
    typed = request.POST.get("version", "")
    if not typed:
        return newest_or_404(trial, number)
    version = whole_from(typed)
    if version is None:
        raise Http404
    return version_or_404(trial, number, version)
