"""Moving films to the subject and visit they belong to, and designating a retake for its view."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.identity import signed_in
from accounts.roles import Action
from accounts.signed_acts import Act
from config.form_refusals import refused_on
from config.wording import both, counted
from reading.forms.moving import DesignateForm, MoveForm
from reading.issuing.affected_cases import Moved, is_signed
from reading.issuing.moved_films import move_and_reissue
from reading.issuing.retakes import designate_and_reissue
from studies.access import trial_or_404
from studies.desk.designation import rivals
from studies.models import Film


def move_film(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Files a film, all films of its visit, or the films of two visits where they belong."""
    trial, actor = trial_or_404(request, code, Action.RETURN_READS)
    film = get_object_or_404(Film.objects.of_trial(trial).select_related("trial"), pk=pk)
    acts = (Act.MOVE,) if is_signed(trial) else ()
    form = MoveForm(film, *acts, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            moved = move_and_reissue(film=film, actor=actor, user=signed_in(request), **form.cleaned_data)
            show_result(request, moved, f"{counted(len(moved.films), 'film was', 'films were')} moved.")
            return redirect("studies:film", code, pk)
    context = {
        "trial": trial,
        "film": film,
        "form": form,
        "heading": f"Move film {film.pk}",
        "back": reverse("studies:film", args=[code, pk]),
    }
    return render(request, "reading/move_film.html", context, status=400 if form.errors else 200)


def designate_film(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Designates one of several films of a view of a visit."""
    trial, actor = trial_or_404(request, code, Action.RETURN_READS)
    film = get_object_or_404(Film.objects.of_trial(trial).select_related("trial"), pk=pk)
    acts = (Act.RETAKE,) if is_signed(trial) else ()
    form = DesignateForm(film, *acts, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            moved = designate_and_reissue(film=film, actor=actor, user=signed_in(request), **form.cleaned_data)
            show_result(request, moved, f"Film {film.pk} is designated for its view.")
            return redirect("studies:desk_film", code, pk)
    others = rivals(film, visit=film.visit, side=film.side, view=film.view) if film.side else []
    context = {
        "trial": trial,
        "film": film,
        "form": form,
        "others": [other for other in others if other.designated],
        "heading": f"Designate film {film.pk}",
        "back": reverse("studies:desk_film", args=[code, pk]),
    }
    return render(request, "reading/designate_film.html", context, status=400 if form.errors else 200)


def show_result(request: HttpRequest, moved: Moved, says: str) -> None:
    """Shows the message about the act and its consequences."""
    if moved.films:
        messages.success(request, says if moved.cases or moved.kept else f"{says} No case is affected.")
    for case, new in moved.cases:
        then = f"it is issued again as case {new.number}" if new else "too few timepoints remain to issue it again"
        messages.warning(request, f"Case {case.number} of campaign {case.campaign.code} is voided; {then}.")
    if moved.kept:
        names = both([campaign.code for campaign in moved.kept])
        messages.warning(request, f"The result of {names} can no longer change and keeps the films as they were.")
