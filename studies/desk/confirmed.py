"""The facts that a person confirms about a film at the desk: side, view, date and scale, each within its limits."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date, timedelta, timezone
from typing import Any

from django.utils.timezone import now

from config.errors import BadInput
from studies.models.film import SIDES, VIEWS
from studies.naming import checked_choice

FIRST_DAY = date(1990, 1, 1)
# Millimetres on the film per pixel; no radiograph of a hand or foot is outside this range.
FINEST_MM, COARSEST_MM = 0.02, 1.0


# The time zone furthest ahead: where it is already tomorrow, a film can carry tomorrow's date.
FURTHEST_AHEAD = timezone(timedelta(hours=14))


def latest_day() -> date:
    """The latest current date anywhere on earth."""
    return now().astimezone(FURTHEST_AHEAD).date()


def is_film_day(day: date) -> bool:
    """Whether a film can have been taken on that date."""
    return FIRST_DAY <= day <= latest_day()


@dataclass(frozen=True)
class Confirmed:
    """The facts as the person at the desk states them; no scale means that it is unknown.

    `inverted` is the polarity: whether black and white are swapped compared with what the header says.
    """

    side: str
    view: str
    film_date: date | None
    spacing_mm: float | None
    inverted: bool = False

    def check(self) -> None:
        """Refuses impossible values; a film without a date is not accepted."""
        checked_choice("side", self.side, SIDES)
        checked_choice("view", self.view, VIEWS)
        if self.film_date is None or not is_film_day(self.film_date):
            problem = f"cannot be {self.film_date}" if self.film_date else "is missing"
            raise BadInput(
                f"The film date {problem}. Enter a date from {FIRST_DAY} to {latest_day()}.", field="film_date"
            )
        if self.spacing_mm is not None and not (
            math.isfinite(self.spacing_mm) and FINEST_MM <= self.spacing_mm <= COARSEST_MM
        ):
            raise BadInput(
                f"The pixel spacing cannot be {self.spacing_mm:g} mm."
                f" Enter {FINEST_MM:g} to {COARSEST_MM:g} mm, or state that the scale is unknown.",
                field="spacing_mm",
            )

    def fields(self) -> dict[str, Any]:
        """The values as fields of a film and of a decision."""
        return asdict(self)
