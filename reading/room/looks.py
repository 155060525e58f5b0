"""Each film is opened in full before its first score: sent with the score, stored once per film, required here.

A report from the screen counts only for a film that the server has sent for this read (reading.room.served).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from config.errors import BadInput
from instruments.definition import Instrument
from reading.models import DisplayedFilm, FilmLook, ItemScore
from reading.room.capture_times import is_plausible


def first_looks(
    instrument: Instrument, films: Sequence[DisplayedFilm], entered: Sequence[tuple[ItemScore, datetime | None]]
) -> list[FilmLook]:
    """The first views of films reported with these scores; BadInput names a film that has not been opened in full."""
    by_place = {(film.timepoint_id, film.side, film.view): film for film in films}
    looks: dict[int, FilmLook] = {}
    for score, seen_at in entered:
        item = instrument.item(score.item)
        film = by_place[score.timepoint_id, item.side, item.region]
        if film.pk in looks or hasattr(film, "look"):
            continue
        if seen_at is None or not hasattr(film, "served"):
            side = "left" if item.side == "L" else "right"
            where = f"The film of the {side} {item.region} at timepoint {film.timepoint.letter}"
            raise BadInput(f"{where} has not been opened in full. Open the whole film before its first score.")
        now = timezone.now()
        plausible = is_plausible(seen_at, now)
        looks[film.pk] = FilmLook(film=film, seen_at=seen_at, seen_plausible=plausible, told_at=now)
    return list(looks.values())
