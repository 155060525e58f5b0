"""Proposes the joints of an image from those placed on another image of the same subject, side and view.

The source is placed first, from a queue in random order with every planned visit, so it can be of any visit. An image
that arrives later gets no proposal, because a reader could then infer the source. A person confirms or drags.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, QuerySet

from imaging.bitpacking import decode
from imaging.registration import FoundPlace, Picture, carried
from jobs.lease import Lease
from jobs.queue import add
from studies.desk.pictures import stored
from studies.desk.placements import Places, crop_of, for_image, here, newest, whole
from studies.models import Film, FilmStatus, JointPlacement, Rendition
from studies.models.film import PLACEABLE
from studies.sealed_links import image_of
from studies.sealing_key import index_of

# The small level of an image has a quarter of its pixels each way; it suffices if they are no larger than this.
ENOUGH_MM = 0.6
# Below this correlation a proposed joint is marked to be checked.
SURE = 0.6
Proposal = dict[str, list[float]]


def request_from(placement: JointPlacement) -> None:
    """Requests proposals for the subject's other images; called in the transaction of the placement.

    Only from the first placement, made when all planned images had arrived, and from its corrections.
    """
    film, group = placement.film, like(placement.film, placement.side)
    first = sources(group).first()
    if first is None or first.film_id != film.pk or (placement.revision == 1 and not group.filter(whole()).exists()):
        return
    for rendition in group.filter(~Exists(here())).exclude(film=film):
        if placement.revision == 1 or rendition.proposed:
            payload = {"rendition": rendition.pk, "placement": placement.pk}
            add(kind="studies.joint_proposal", key=key(rendition, placement), payload=payload)


def key(rendition: Rendition, placement: JointPlacement) -> str:
    """A job's key is shown to administrators: it must not show which images belong together."""
    return index_of(f"{rendition.pk} {placement.pk}", purpose="joint proposal")


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Finds the joints on the image; nothing is stored if it has a placement or its source has changed."""
    rendition = Rendition.objects.select_related("film", "masks").get(pk=payload["rendition"])
    source = source_of(rendition)
    if source is None or newest(rendition.film, rendition.side):
        return
    places = for_image(film=source.film, side=source.side, crop=crop_of(source))
    found = find_joints(source, rendition, places)
    with transaction.atomic():
        lease.finish()
        if current(rendition, payload["placement"]):
            keep(rendition, payload["placement"], rounded(found))


def keep(rendition: Rendition, placement: int, proposal: Proposal) -> None:
    """Writes the proposal, which is not a placement and decides nothing, so no event records it."""
    Rendition.objects.filter(pk=rendition.pk).update(proposed={"from": placement, "joints": proposal})


def current(rendition: Rendition, placement: int) -> bool:
    """Whether the image still needs its joints, and its source has this placement."""
    if newest(rendition.film, rendition.side) or (source := source_of(rendition)) is None:
        return False
    counts = newest(source.film, source.side)
    return counts is not None and counts.pk == placement


def proposal_of(rendition: Rendition) -> Proposal:
    """The joints found on an image that needs them; empty if its source was corrected, moved or withdrawn since."""
    kept = rendition.proposed
    return dict(kept["joints"]) if kept and current(rendition, kept["from"]) else {}


def like(film: Film, side: str) -> QuerySet[Rendition]:
    """The images of this subject, side and view."""
    films = Film.objects.filter(subject=film.subject, status__in=PLACEABLE, view=film.view).exclude(subject=None)
    return Rendition.objects.filter(film__in=films, side=side)


def source_of(rendition: Rendition) -> Rendition | None:
    """The image of this subject, side and view whose joints were placed first; None while there is none."""
    group = like(rendition.film, rendition.side).filter(film__status=FilmStatus.READY)
    return sources(group).select_related("film", "masks").exclude(pk=rendition.pk).first()


def sources(group: QuerySet[Rendition]) -> QuerySet[Rendition]:
    placed = here().order_by().values("film", "side").annotate(first=Min("pk")).values("first")
    return group.filter(Exists(here())).annotate(placed=placed).order_by("placed")


def find_joints(source: Rendition, target: Rendition, places: Places) -> dict[str, FoundPlace]:
    """The joints in pixels of the full level of the target."""
    own, own_factor = picture(source)
    other, other_factor = picture(target)
    given = {joint: [x / own_factor, y / own_factor] for joint, (x, y) in places.items()}
    return {
        joint: FoundPlace((found.place[0] * other_factor, found.place[1] * other_factor), found.correlation)
        for joint, found in carried(own, other, given).items()
    }


def picture(rendition: Rendition) -> tuple[Picture, int]:
    """The level of an image that is fine enough, and the size of its pixels in pixels of the full level."""
    image, spacing = image_of(rendition), rendition.film.spacing_mm
    level, factor = ("small", 4) if 4 * (spacing or 0) <= ENOUGH_MM else ("full", 1)
    rows, columns = -(-image.rows // factor), -(-image.columns // factor)
    levels = decode([stored(band["name"]) for band in image.bands[level]], rows, columns)
    return Picture(levels, spacing * factor if spacing else None), factor


def rounded(found: dict[str, FoundPlace]) -> Proposal:
    """Each joint as [x, y, correlation]."""
    return {
        joint: [round(one.place[0], 1), round(one.place[1], 1), round(one.correlation, 2)]
        for joint, one in found.items()
    }
