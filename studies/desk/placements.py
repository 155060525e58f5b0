"""The valid placement of joints, and its joints in pixels of a reader image."""

from __future__ import annotations

import math

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import Combinable

from studies.desk.rectangles import Box
from studies.models import AbsentFilm, Film, FilmStatus, JointPlacement, Rendition, Visit

# Each joint as [x, y].
Places = dict[str, list[float]]
SAME_PLACE = {"side": OuterRef(OuterRef("side")), "view": OuterRef(OuterRef("view"))}


def newest(film: Film, side: str) -> JointPlacement | None:
    """The valid placement."""
    return film.placements.filter(side=side).order_by("-revision").first()


def for_image(*, film: Film, side: str, crop: Box | None) -> Places:
    """The joints in pixels of the reader image that was cut from the film; those outside the cut are left out."""
    placement = newest(film, side)
    if placement is None:
        return {}
    left, top, width, height = crop or (0, 0, math.inf, math.inf)
    moved = {joint: [round(x - left, 1), round(y - top, 1)] for joint, (x, y) in placement.joints.items()}
    return {joint: [x, y] for joint, (x, y) in moved.items() if 0 <= x < width and 0 <= y < height}


def crop_of(rendition: Rendition) -> Box | None:
    """The cut with which a reader image was made."""
    return rendition.masks.crops.get(rendition.side) if rendition.masks else None


def whole() -> Combinable:
    """Whether the subject in the query has such an image for every planned visit whose film can still arrive."""
    image = Rendition.objects.filter(film__status=FilmStatus.READY, film__visit=OuterRef("pk"), **SAME_PLACE)
    absent = AbsentFilm.objects.filter(withdrawn_at=None, visit=OuterRef("pk"), **SAME_PLACE)
    planned = Visit.objects.filter(subject=OuterRef("film__subject"), not_done_reason="").exclude(plan=None)
    return ~Exists(planned.filter(~Exists(image), ~Exists(absent)))


def here() -> QuerySet[JointPlacement]:
    """The placements of the image in the outer query."""
    return JointPlacement.objects.filter(film=OuterRef("film"), side=OuterRef("side"))
