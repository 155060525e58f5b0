"""The QC desk: the queue, one film with everything around it, and the decisions on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from audit.trail import Actor
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from studies.access import trial_or_404
from studies.desk import masks, quality
from studies.desk.film_facts import desk_film, for_viewer
from studies.desk.queue import QueuePosition, address, place_of, queue, waits_for_site
from studies.desk.verdicts import WORDING
from studies.forms.desk import (
    AcceptForm,
    MasksForm,
    QuestionForm,
    RejectForm,
    ReverseRejectionForm,
    WithdrawForm,
)
from studies.models import Film, Trial
from studies.plan.consent import demand_consent, withdrawal_of
from studies.views.pictures import picture_response

FORMS: dict[str, Callable[[Film], BaseForm]] = {
    "accept_form": lambda film: AcceptForm(film),
    "reject_form": lambda film: RejectForm(auto_id="reject-%s"),
    "question_form": lambda film: QuestionForm(auto_id="question-%s"),
    "withdraw_form": lambda film: WithdrawForm(auto_id="withdraw-%s"),
    "reopen_form": lambda film: ReverseRejectionForm(auto_id="reopen-%s"),
}
Decide = Callable[[dict[str, Any]], object]


@require_GET
def desk(request: HttpRequest, code: str) -> HttpResponseBase:
    """The waiting films."""
    trial, _ = trial_or_404(request, code, Action.CHECK_FILMS)
    asked = Film.objects.accessible().filter(waits_for_site(), trial=trial).count()
    return queue(request, trial).respond("studies/desk/queue.html", {"trial": trial, "asked": asked})


@require_GET
def desk_film_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One film."""
    trial, _ = trial_or_404(request, code, Action.CHECK_FILMS)
    film = film_or_404(trial, pk)
    if not film.desk_folder or withdrawal_of(film.subject):  # there is no picture yet, or it is closed
        return redirect("studies:film", code, pk)
    return show(request, trial, film)


@require_GET
def desk_picture(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    """A part of the film's picture."""
    trial, _ = trial_or_404(request, code, Action.CHECK_FILMS)
    film = get_object_or_404(Film.objects.of_trial(trial).accessible(), pk=pk)
    return picture_response(film.desk_folder, name)


@sent_from("studies:desk_film", "code", "pk")
def accept(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Accepts the film."""
    trial, actor, film = film_for_request(request, code, pk)
    form = AcceptForm(film, request.POST)

    def decide(given: dict[str, Any]) -> None:
        given.pop("no_scale")
        quality.accept(film=film, actor=actor, **given)

    return decided(request, trial, film, "accept_form", form, decide, "accepted")


@sent_from("studies:desk_film", "code", "pk")
def reject(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Rejects the film."""
    trial, actor, film = film_for_request(request, code, pk)
    form = RejectForm(request.POST, auto_id="reject-%s")
    decide: Decide = lambda given: quality.reject(film=film, actor=actor, **given)  # noqa: E731
    return decided(request, trial, film, "reject_form", form, decide, "rejected")


@sent_from("studies:desk_film", "code", "pk")
def reopen(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Reverses a rejection."""
    trial, actor, film = film_for_request(request, code, pk)
    form = ReverseRejectionForm(request.POST, auto_id="reopen-%s")
    decide: Decide = lambda given: quality.reopen(film=film, actor=actor, **given)  # noqa: E731
    return decided(request, trial, film, "reopen_form", form, decide, "back at the desk", stay=True)


@sent_from("studies:desk_film", "code", "pk")
def question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Asks the site."""
    trial, actor, film = film_for_request(request, code, pk)
    form = QuestionForm(request.POST, auto_id="question-%s")
    decide: Decide = lambda given: quality.question(film=film, actor=actor, **given)  # noqa: E731
    return decided(request, trial, film, "question_form", form, decide, "questioned")


@sent_from("studies:desk_film", "code", "pk")
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Withdraws a film that was ready."""
    trial, actor, film = film_for_request(request, code, pk)
    form = WithdrawForm(request.POST, auto_id="withdraw-%s")
    decide: Decide = lambda given: quality.withdraw(film=film, actor=actor, **given)  # noqa: E731
    return decided(request, trial, film, "withdraw_form", form, decide, "withdrawn", stay=True)


@sent_from("studies:desk_film", "code", "pk")
def propose(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The masks as drawn or typed, or the suggested boxes, or none where text was wrongly suspected."""
    trial, actor, film = film_for_request(request, code, pk)
    form = MasksForm(request.POST, auto_id="masks-%s")

    def decide(given: dict[str, Any]) -> None:
        taken = {"suggested": masks.proposed_boxes(film), "none": []}.get(request.POST.get("take", ""))
        boxes = form.boxes() if taken is None else taken
        masks.propose(film=film, actor=actor, rectangles=boxes, crops=form.crops())

    return decided(request, trial, film, "masks_form", form, decide, "masks sent to the second person", stay=True)


def film_or_404(trial: Trial, pk: int) -> Film:
    """A film of the trial."""
    return get_object_or_404(Film.objects.of_trial(trial), pk=pk)


def film_for_request(request: HttpRequest, code: str, pk: int) -> tuple[Trial, Actor, Film]:
    trial, actor = trial_or_404(request, code, Action.CHECK_FILMS)
    return trial, actor, film_or_404(trial, pk)


def decided(
    request: HttpRequest,
    trial: Trial,
    film: Film,
    name: str,
    form: BaseForm,
    decide: Decide,
    says: str,
    *,
    stay: bool = False,
) -> HttpResponse:
    """Decides and continues with the next film of the queue; a refusal shows the film again with what was entered."""
    place = place_of(queue(request, trial), film.pk)
    if form.is_valid():
        with refused_on(form):
            decide(dict(form.cleaned_data))
            messages.success(request, f"Film {film.pk}: {says}.")
            return redirect(address(request, trial, film.pk if stay else place.after))
    film.refresh_from_db()
    demand_consent(film)
    return show(request, trial, film, {name: form}, place, status=400)


def show(
    request: HttpRequest,
    trial: Trial,
    film: Film,
    forms: dict[str, BaseForm] | None = None,
    place: QueuePosition | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a film."""
    place = place or place_of(queue(request, trial), film.pk)
    following = Film.objects.filter(pk=place.after).first() if place.after else None
    shown = {name: make(film) for name, make in FORMS.items()} | {"masks_form": masks_form(film)} | (forms or {})
    accept_form = shown["accept_form"]
    context = {
        "trial": trial,
        "desk": desk_film(film),
        "place": place,
        "query": request.GET.urlencode(),
        "before_url": address(request, trial, place.before) if place.before else "",
        "after_url": address(request, trial, place.after) if place.after else "",
        "queue_url": address(request, trial, None),
        "shown_film": described(trial, film),
        "next_film": described(trial, following) if following else None,
        "wording": dict(WORDING),
        "visits": accept_form.fields["visit"].queryset,  # type: ignore[attr-defined]
        "chosen_visit": int(accept_form["visit"].value() or 0),
        "acknowledged": accept_form["acknowledged"].value() or [],
        "errors": [error for form in (forms or {}).values() for errors in form.errors.values() for error in errors],
        **shown,
    }
    return render(request, "studies/desk/film.html", context, status=status)


def masks_form(film: Film) -> MasksForm:
    """The newest set, for the form."""
    newest = masks.newest(film)
    lines = {"rectangles": "", "crop_l": "", "crop_r": ""}
    if newest:
        words = {side: ", ".join(map(str, box)) for side, box in newest.crops.items()}
        boxes = "\n".join(", ".join(map(str, box)) for box in newest.rectangles)
        lines = {"rectangles": boxes, "crop_l": words.get("L", ""), "crop_r": words.get("R", "")}
    return MasksForm(initial=lines, auto_id="masks-%s")


def described(trial: Trial, film: Film) -> dict[str, Any]:
    """The film in the form for the viewer."""
    base = reverse("studies:desk_picture", args=[trial.code, film.pk, "preview.jpg"])
    return for_viewer(film, preview_url=base, bands_url=base.replace("preview.jpg", "{level}/{band}"))
