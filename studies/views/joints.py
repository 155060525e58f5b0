"""Placing joints: one image at a time in random order, without subject, visit or date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Badge, Column
from config.errors import Refusal
from config.filters import ChoiceFilter
from config.listing import Listing
from config.refusals import status_of
from config.sent_forms import sent_from
from config.wording import counted
from instruments.scored_joints import joint_name
from studies.access import trial_or_404
from studies.desk import joints
from studies.desk.joint_proposals import SURE, Proposal, proposal_of
from studies.desk.joint_template import TEMPLATES, Point, fit
from studies.desk.pictures import stored
from studies.desk.placements import Places, crop_of, newest
from studies.forms.joints import PLAIN_WIDTH, read_clicks, read_places
from studies.models import ReaderImage, Rendition, Trial
from studies.models.film import VIEWS
from studies.sealed_links import image_of
from studies.views.pictures import bytes_response

STATES = [("False", "To be placed"), ("True", "Placed")]
ONE_SIDE = [("L", "Left"), ("R", "Right")]


@require_GET
def joint_queue(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every image, in random order."""
    trial, _ = trial_or_404(request, code, Action.PLACE_JOINTS)
    listing = Listing(
        request,
        joints.images(trial),
        columns=[
            Column("image", "Image", "index", template="studies/desk/image_cell.html", csv=False),
            Column("view", "View", lambda one: dict(VIEWS)[one.view], "view", ChoiceFilter("view", VIEWS)),
            Column("side", "Side", lambda one: dict(ONE_SIDE)[one.side], "side", ChoiceFilter("side", ONE_SIDE)),
            Column("placed", "Joints", placed_badge, "placed", ChoiceFilter("placed", STATES)),
        ],
        name="joints",
        per_page=25,
        empty="No image is ready yet. Images appear here once their films are accepted and the masks are confirmed.",
    )
    waiting = joints.following(trial)
    context = {
        "trial": trial,
        "waiting": joints.waiting(trial).count(),
        "next_url": waiting and page_of(trial, waiting),
    }
    return listing.respond("studies/desk/joint_queue.html", context)


@require_GET
def joint_page(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One image with its current joints."""
    trial, _ = trial_or_404(request, code, Action.PLACE_JOINTS)
    rendition = image_or_404(trial, key)
    if places := image_of(rendition).joints:
        return show(request, trial, rendition, places, noted(rendition))
    proposal = proposal_of(rendition)
    places = {joint: [x, y] for joint, (x, y, _) in proposal.items()}
    return show(request, trial, rendition, places, {}, proposal=proposal)


@require_GET
def joint_picture(request: HttpRequest, code: str, key: str, level: str, number: int) -> HttpResponse:
    """A band of the image, or its preview."""
    trial, _ = trial_or_404(request, code, Action.PLACE_JOINTS)
    bands = image_of(image_or_404(trial, key)).bands.get(level, [])
    if number >= len(bands):
        raise Http404
    media_type = "image/jpeg" if level == "preview" else "application/octet-stream"
    return bytes_response(stored(bands[number]["name"]), media_type)


@sent_from("studies:joint_image", "code", "key")
def fit_joints(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The template, placed on the image by three clicks; nothing is stored yet."""
    trial, _ = trial_or_404(request, code, Action.PLACE_JOINTS)
    rendition = image_or_404(trial, key)
    clicks = read_clicks(request.POST, image_of(rendition).columns)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"joints": fit(rendition.view, clicks)})
    if len(clicks) < len(TEMPLATES[rendition.view].anchors):
        return show(request, trial, rendition, {}, {}, clicks=clicks)
    return show(request, trial, rendition, fit(rendition.view, clicks), {})


@sent_from("studies:joint_image", "code", "key")
def place_joints(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Stores the joints and continues with the next image."""
    trial, actor = trial_or_404(request, code, Action.PLACE_JOINTS)
    rendition = image_or_404(trial, key)
    places, readability = read_places(request.POST, rendition.view)
    try:
        on_film = shifted(places, crop_of(rendition))
        joints.place(film=rendition.film, side=rendition.side, actor=actor, joints=on_film, readability=readability)
    except Refusal as refusal:
        return show(
            request,
            trial,
            rendition,
            places,
            readability,
            proposal=proposal_of(rendition),
            error=str(refusal),
            status=status_of(refusal),
        )
    messages.success(request, f"{counted(len(places), 'joint was', 'joints were')} placed.")
    following = joints.following(trial, key)
    return redirect(page_of(trial, following) if following else reverse("studies:joints", args=[code]))


def image_or_404(trial: Trial, key: str) -> Rendition:
    """An image of a valid film of this trial."""
    return get_object_or_404(joints.images(trial).select_related("film", "film__trial"), index=key)


def page_of(trial: Trial, rendition: Rendition) -> str:
    """The address of an image."""
    return reverse("studies:joint_image", args=[trial.code, rendition.index])


def placed_badge(rendition: Any) -> Badge:
    """Whether the joints are placed."""
    return Badge("done", "Placed") if rendition.placed else Badge("due", "To be placed")


def noted(rendition: Rendition) -> dict[str, str]:
    """The last recorded readability."""
    placement = newest(rendition.film, rendition.side)
    return dict(placement.readability) if placement else {}


def unsure(proposal: Proposal, places: Places) -> list[str]:
    """The proposed joints that are less certain and still where they were proposed."""
    return [
        joint for joint, (x, y, correlation) in proposal.items() if correlation < SURE and places.get(joint) == [x, y]
    ]


def shifted(places: Places, crop: Sequence[int] | None) -> Places:
    """From pixels of the image to pixels of the film from which it was cut."""
    left, top = (crop[0], crop[1]) if crop else (0, 0)
    return {joint: [x + left, y + top] for joint, (x, y) in places.items()}


def for_viewer(trial: Trial, rendition: Rendition, image: ReaderImage) -> dict[str, Any]:
    """The image in the form for the viewer."""
    base = reverse("studies:joint_picture", args=[trial.code, rendition.index, "LEVEL", 0])
    return {
        "token": rendition.index,
        "side": rendition.side,
        "view": rendition.view,
        "absent": False,
        "preview_url": base.replace("LEVEL", "preview"),
        "bands_url": base.replace("LEVEL/0", "{level}/{band}"),
        "columns": image.columns,
        "rows": image.rows,
        "spacing_mm": image.spacing_mm,
        "window_center": image.window_center,
        "window_width": image.window_width,
        "digests": {level: [band["sha256"] for band in image.bands[level]] for level in ("small", "full")},
        "joints": {},
    }


def show(
    request: HttpRequest,
    trial: Trial,
    rendition: Rendition,
    places: Places,
    readability: dict[str, str],
    *,
    clicks: Sequence[Point] = (),
    proposal: Proposal | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of an image, without subject or date."""
    template, image = TEMPLATES[rendition.view], image_of(rendition)
    order = list(joints.images(trial).values_list("index", flat=True))
    following = order[order.index(rendition.index) + 1 :][:1]
    uncertain = unsure(proposal or {}, places)
    context = {
        "trial": trial,
        "rendition": rendition,
        "image": image,
        "shown_film": for_viewer(trial, rendition, image),
        "anchors": list(template.anchors),
        "clicks": [f"{x:.1f}, {y:.1f}" for x, y in clicks],
        "next_anchor": list(template.anchors)[len(clicks)] if len(clicks) < len(template.anchors) else "",
        "rows": [
            (joint, joint_name(joint), *places.get(joint, ["", ""]), readability.get(joint, ""))
            for joint in template.joints
        ],
        "proposed": len(proposal or {}),
        "unsure": uncertain,
        "unsure_names": [joint_name(joint) for joint in uncertain],
        "missing": [joint_name(joint) for joint in template.joints if joint not in places] if proposal else [],
        "readabilities": joints.Readability.choices,
        "plain_width": PLAIN_WIDTH,
        "error": error,
        "waiting": joints.waiting(trial).count(),
        "after_url": reverse("studies:joint_image", args=[trial.code, following[0]]) if following else "",
    }
    return render(request, "studies/desk/joints.html", context, status=status)
