"""What a person confirms of a film at the desk: side, view, day and scale, each within its bounds."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date, timedelta, timezone
from typing import Any

from django.utils.timezone import now

from config.errors import BadInput
from studies.models.film import SIDES, VIEWS

FIRST_DAY = date(1990, 1, 1)
# Millimetres on the film for one pixel; outside of it no radiograph of a hand or foot is made.
FINEST_MM, COARSEST_MM = 0.02, 1.0


# The zone furthest ahead: where its clock shows tomorrow's date, a film can have been made tomorrow.
FURTHEST_AHEAD = timezone(timedelta(hours=14))


def latest_day() -> date:
    """Today's date, where on earth it is latest."""
    return now().astimezone(FURTHEST_AHEAD).date()


def is_film_day(day: date) -> bool:
    """Whether a film can have been made on that day."""
    return FIRST_DAY <= day <= latest_day()


@dataclass(frozen=True)
class Confirmed:
    """The four facts as the person at the desk states them; no scale means that none is known."""

    side: str
    view: str
    film_date: date | None
    spacing_mm: float | None

    def check(self) -> None:
        """Refuses what no film can be; a film without a date is not accepted."""
        _one_of("side", self.side, SIDES)
        _one_of("view", self.view, VIEWS)
        if self.film_date is None or not is_film_day(self.film_date):
            allowed = f"a day from {FIRST_DAY} to {latest_day()}"
            raise BadInput("film date", self.film_date and str(self.film_date), allowed)
        if self.spacing_mm is not None and not (
            math.isfinite(self.spacing_mm) and FINEST_MM <= self.spacing_mm <= COARSEST_MM
        ):
            raise BadInput("pixel spacing", self.spacing_mm, f"{FINEST_MM} to {COARSEST_MM} mm, or none known")

    def fields(self) -> dict[str, Any]:
        """The values as fields of a film and of a decision."""
        return asdict(self)


def _one_of(thing: str, value: str, choices: list[tuple[str, str]]) -> None:
    allowed = dict(choices)
    if value not in allowed:
        raise BadInput(thing, value, ", ".join(f"{code} ({label})" for code, label in choices))
