"""What a person confirms of a film at the desk: side, view, day and scale, each within its bounds."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from config.errors import BadInput
from studies.models.film import SIDES, VIEWS

FIRST_DAY = date(1990, 1, 1)
# Millimetres on the film for one pixel; outside of it no radiograph of a hand or foot is made.
FINEST_MM, COARSEST_MM = 0.02, 1.0


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
        today = timezone.localdate()
        if self.film_date is None or not FIRST_DAY <= self.film_date <= today:
            raise BadInput("film date", self.film_date and str(self.film_date), f"a day from {FIRST_DAY} to {today}")
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
