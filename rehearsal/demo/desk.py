"""The coordinator and the checker of the demo at the desk: they confirm the site's entries."""

from __future__ import annotations

from collections.abc import Mapping

from audit.trail import Actor
from rehearsal.anatomy import Point
from studies.desk import joints, masks, quality
from studies.models import Film, FilmStatus


def pass_film(film: Film, sites: Mapping[str, Point], coordinator: Actor, checker: Actor) -> None:
    """Accepts a film that waits at the desk and places its joints; an accepted film stays as it is."""
    film.refresh_from_db()
    if film.status != FilmStatus.DEIDENTIFIED:
        return
    settle_masks(film, coordinator, checker)
    quality.accept(
        film=film,
        actor=coordinator,
        side=film.side,
        view=film.view,
        film_date=film.film_date,
        spacing_mm=film.spacing_mm,
        acknowledged=[finding["code"] for finding in film.findings],
        side_confirmed=True,
    )
    film.refresh_from_db()
    places = {joint: [round(x, 1), round(y, 1)] for joint, (x, y) in sites.items()}
    joints.place(film=film, side=film.side, actor=coordinator, joints=places)


def settle_masks(film: Film, coordinator: Actor, checker: Actor) -> None:
    """The demo's films have a side marker and no text: if text is suspected, both people state that there is none."""
    if masks.proposed_boxes(film):
        masks.confirm(mask_set=masks.propose(film=film, actor=coordinator, rectangles=[]), actor=checker)
