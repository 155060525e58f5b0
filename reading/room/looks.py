"""That each film was opened whole before its first score: told with the score, kept once per film, demanded here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from config.errors import BadInput
from instruments.definition import Instrument
from reading.models import DisplayedFilm, FilmLook, ItemScore


def first_looks(instrument: Instrument, told: Sequence[tuple[ItemScore, datetime | None]]) -> list[FilmLook]:
    """The looks at films that these scores are the first to tell of; BadInput names a film nobody has opened whole."""
    timepoints = {score.timepoint_id for score, _ in told}
    films = DisplayedFilm.objects.filter(timepoint__in=timepoints).select_related("timepoint", "look")
    by_place = {(film.timepoint_id, film.side, film.view): film for film in films}
    looks: dict[int, FilmLook] = {}
    for score, seen_at in told:
        item = instrument.item(score.item)
        film = by_place[score.timepoint_id, item.side, item.region]
        if film.pk in looks or hasattr(film, "look"):
            continue
        if seen_at is None:
            side = "left" if item.side == "L" else "right"
            where = f"The film of the {side} {item.region} at timepoint {film.timepoint.letter}"
            raise BadInput(f"{where} has not been opened whole. Open it whole before its first score.")
        looks[film.pk] = FilmLook(film=film, seen_at=seen_at, told_at=timezone.now())
    return list(looks.values())
