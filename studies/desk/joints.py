"""The positions of a film's joints and how well each can be read; the newest placement of a side is valid.

Readability is not passed on: neither a reader image nor anything else that a reader receives contains it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from django.db.models import Exists, QuerySet, TextChoices

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import either, quoted
from instruments.scored_joints import joint_name
from studies.desk.designation import SIDES_OF
from studies.desk.joint_proposals import request_from
from studies.desk.joint_template import TEMPLATES
from studies.desk.pictures import DeskPicture, picture_of
from studies.desk.placements import Places, crop_of, for_image, here, newest, whole
from studies.film_states import locked, person
from studies.models import Film, FilmStatus, JointPlacement, ReaderImage, Rendition, Trial
from studies.models.film import PLACEABLE, SIDES
from studies.sealed_links import image_key, seal_of


class Readability(TextChoices):
    """How well a joint can be read; a joint without a record can be read well."""

    LIMITED = "limited", "Limited"
    UNREADABLE = "unreadable", "Not readable"


def place(
    *,
    film: Film,
    side: str,
    actor: Actor,
    joints: Mapping[str, Sequence[float]],
    readability: Mapping[str, str] | None = None,
) -> JointPlacement:
    """A new placement of one side, in stored pixels of the film; an existing reader image is updated."""
    authorise(actor, Action.PLACE_JOINTS)
    places = checked_places(film.view, joints, picture_of(film))
    noted = checked_readability(readability or {}, places)
    with audited_atomic():
        film = locked(film)
        check_placeable(film, side)
        last = newest(film, side)
        placement = JointPlacement.objects.create(
            film=film,
            side=side,
            revision=last.revision + 1 if last else 1,
            joints=places,
            readability=noted,
            placed_by_id=person(actor),
        )
        renditions = show(film, side)
        request_from(placement)
        record(
            action="studies.joints.placed",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            details={"side": side, "revision": placement.revision, "joints": len(places), "readability": noted},
            rows=[placement],
            tracked=renditions,
        )
    return placement


def checked_places(view: str, joints: Mapping[str, Sequence[float]], picture: DeskPicture) -> Places:
    """Joints of this view, each inside the picture, to a tenth of a pixel."""
    known = TEMPLATES[view].joints if view in TEMPLATES else {}
    if not joints:
        raise BadInput("No joint was placed. Place at least one before you save.")
    if unknown := sorted(set(joints) - set(known)):
        allowed = (
            f"Choose from {', '.join(map(joint_name, known))}." if known else "Confirm the view of the film first."
        )
        raise BadInput(f"The view has no joint {quoted(', '.join(unknown))}. {allowed}")
    return {joint: checked_place(joint, point, picture) for joint, point in joints.items()}


def checked_place(joint: str, point: Sequence[float], picture: DeskPicture) -> list[float]:
    if len(point) == 2 and all(math.isfinite(value) for value in point):
        x, y = (round(float(value), 1) for value in point)
        if 0 <= x < picture.columns and 0 <= y < picture.rows:
            return [x, y]
    given = ", ".join(f"{value:g}" for value in point)
    raise BadInput(
        f"The joint {joint_name(joint)} cannot be placed at {given}."
        f" Give x and y within {picture.columns} x {picture.rows} pixels."
    )


def checked_readability(readability: Mapping[str, str], places: Places) -> dict[str, str]:
    """The readability of placed joints, in the terms of Readability."""
    for joint, word in readability.items():
        if joint not in places or word not in Readability.values:
            raise BadInput(
                f"The readability {quoted(word)} cannot be recorded for the joint {joint_name(joint)}."
                f" Choose {either(map(quoted, Readability.labels))} for a joint that is placed."
            )
    return dict(readability)


def check_placeable(film: Film, side: str) -> None:
    if film.status not in PLACEABLE:
        allowed = either(status.label.lower() for status in FilmStatus if status in PLACEABLE)
        raise WrongState(
            f"The film of this image is {film.get_status_display().lower()}."
            f" Joints can be placed only on a film that is {allowed}."
        )
    if side not in (known := sorted(SIDES_OF.get(film.side, ()))):
        names = [dict(SIDES)[one].lower() for one in known]
        allowed = f"Choose {either(names)}." if names else "Confirm the side of the film first."
        raise BadInput(f"The film does not show the side {quoted(side)}. {allowed}", field="side")


def show(film: Film, side: str) -> list[Rendition]:
    """Writes the newest placement into the reader images of that side, if any have been made; returns their rows."""
    renditions = list(film.renditions.filter(side=side).select_related("masks"))
    for rendition in renditions:
        places = for_image(film=film, side=side, crop=crop_of(rendition))
        key = image_key(rendition.film_id, rendition.side, rendition.sealed_image)
        image = ReaderImage.objects.get(pk=key)
        image.joints = places
        image.save(update_fields=["joints"])
        Rendition.objects.filter(pk=rendition.pk).update(image_seal=seal_of(image))
    return renditions


def images(trial: Trial) -> QuerySet[Rendition]:
    """Every reader image of valid films, ordered by random index, which reveals neither subject nor date."""
    films = Film.objects.ready().filter(trial=trial)
    found = Rendition.objects.filter(film__in=films).annotate(placed=Exists(here()))
    return found.select_related("masks").order_by("index")


def waiting(trial: Trial) -> QuerySet[Rendition]:
    """The reader images without placed joints."""
    return images(trial).filter(~Exists(here()))


def following(trial: Trial, key: str = "") -> Rendition | None:
    """The next image to place after `key`, then from the first; subjects with all planned films come first."""
    waits = waiting(trial)
    for some in (waits.filter(whole()), waits):
        if found := some.filter(index__gt=key).first() or some.first():
            return found
    return None
