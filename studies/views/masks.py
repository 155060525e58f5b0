"""The second person's page: the masks that are waiting, one film before and after, confirmed or refused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from audit.trail import Actor
from config.cells import Column, Link
from config.filters import ChoiceFilter, MomentFilter
from config.form_refusals import refused_on
from config.listing import Listing
from config.sent_forms import sent_from
from config.whole import whole_from
from studies.access import trial_or_404
from studies.desk import masks
from studies.desk.film_facts import for_viewer
from studies.desk.pictures import picture_of
from studies.forms.desk import RefuseForm
from studies.models import MaskSet, Trial
from studies.models.film import SIDES, VIEWS
from studies.views.pictures import picture_response

# The most frequent faults of masks; the person may write anything else.
USUAL_REASONS = (
    "Text is still visible",
    "A mask covers a joint",
    "A mask is larger than needed",
    "Left and right are swapped",
)


@require_GET
def mask_queue(request: HttpRequest, code: str) -> HttpResponseBase:
    """The sets that await a second person."""
    trial, _ = trial_or_404(request, code, Action.CONFIRM_MASKS)
    listing = Listing(
        request,
        masks.waiting(trial),
        columns=[
            Column("film", "Film", lambda one: Link(f"Film {one.film_id}", page_of(trial, one.film_id)), "film_id"),
            Column("view", "View", "film.get_view_display", "film__view", ChoiceFilter("film__view", VIEWS)),
            Column("side", "Side", "film.get_side_display", "film__side", ChoiceFilter("film__side", SIDES)),
            Column("rectangles", "Rectangles", lambda one: len(one.rectangles)),
            Column("crops", "Cut in two", lambda one: bool(one.crops)),
            Column("drawn_by", "Drawn by", "proposed_by", "proposed_by__name"),
            Column("proposed", "Waiting since", "proposed_at", "proposed_at", MomentFilter("proposed_at")),
        ],
        name="masks",
        empty="No masks are waiting for a second person.",
    )
    return listing.respond("studies/desk/mask_queue.html", {"trial": trial})


@require_GET
def mask_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One film with its masks."""
    trial, actor = trial_or_404(request, code, Action.CONFIRM_MASKS)
    return show(request, trial, actor, set_or_404(trial, pk), RefuseForm())


@require_GET
def mask_picture(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    """A part of the film's picture, for as long as its masks wait."""
    trial, _ = trial_or_404(request, code, Action.CONFIRM_MASKS)
    return picture_response(set_or_404(trial, pk).film.desk_folder, name)


@sent_from("studies:mask", "code", "pk")
def confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The second person confirms the masks."""
    trial, actor = trial_or_404(request, code, Action.CONFIRM_MASKS)
    mask_set = asked_for(request, trial, pk)
    masks.confirm(mask_set=mask_set, actor=actor)
    messages.success(request, f"Film {pk}: masks confirmed.")
    return redirect(next_page(trial))


@sent_from("studies:mask", "code", "pk")
def refuse(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The second person refuses the masks."""
    trial, actor = trial_or_404(request, code, Action.CONFIRM_MASKS)
    mask_set = asked_for(request, trial, pk)
    form = RefuseForm(request.POST)
    if form.is_valid():
        with refused_on(form):
            masks.refuse(mask_set=mask_set, actor=actor, reason=form.cleaned_data["reason"])
            messages.success(request, f"Film {pk}: masks refused. The film is back at the desk.")
            return redirect(next_page(trial))
    return show(request, trial, actor, mask_set, form, status=400)


def set_or_404(trial: Trial, pk: int) -> MaskSet:
    """The waiting set of a film."""
    return get_object_or_404(masks.waiting(trial), film=pk)


def asked_for(request: HttpRequest, trial: Trial, pk: int) -> MaskSet:
    """The set that the person has reviewed, which may have been replaced in the meantime."""
    revision = request.POST.get("revision", "")
    sets = MaskSet.objects.filter(film__trial=trial, film=pk).select_related("film")
    return get_object_or_404(sets, revision=whole_from(revision) or 0)


def page_of(trial: Trial, film_id: int) -> str:
    """The address of a film's masks."""
    return reverse("studies:mask", args=[trial.code, film_id])


def next_page(trial: Trial) -> str:
    """The set that has waited longest, or the empty list."""
    waiting = masks.waiting(trial).first()
    return page_of(trial, waiting.film_id) if waiting else reverse("studies:masks", args=[trial.code])


def show(
    request: HttpRequest, trial: Trial, actor: Actor, mask_set: MaskSet, form: BaseForm, status: int = 200
) -> HttpResponse:
    """Before and after."""
    film = mask_set.film
    base = reverse("studies:mask_picture", args=[trial.code, film.pk, "preview.jpg"])
    following = masks.waiting(trial).exclude(pk=mask_set.pk).first()
    context: dict[str, Any] = {
        "trial": trial,
        "film": film,
        "mask_set": mask_set,
        "own": mask_set.proposed_by_id == actor.user_id,
        "picture": picture_of(film),
        "preview_url": base,
        "shown_film": for_viewer(film, preview_url=base, bands_url=base.replace("preview.jpg", "{level}/{band}")),
        "masks": {"rectangles": mask_set.rectangles, "crops": mask_set.crops},
        "suspected": masks.proposed_boxes(film),
        "usual_reasons": USUAL_REASONS,
        "after_url": page_of(trial, following.film_id) if following else "",
        "form": form,
        "waiting": masks.waiting(trial).count(),
    }
    return render(request, "studies/desk/mask.html", context, status=status)
