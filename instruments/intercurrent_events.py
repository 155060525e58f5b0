"""What intercurrent events (rescue, switch, discontinuation) do to films: the rules, and the film that serves a visit.

Days are film days counted from any one origin. The values that replace films are made in extrapolation.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from instruments.facts import Fact, Mark

GAPS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "The value stays missing",
        "interpolated": "Linear interpolation between the films before and after it, to its target day",
        "extrapolated": "Linear extrapolation from baseline and the last film before it, to its target day",
    }
)


class Dated(Protocol):
    """Anything with the day of a film."""

    @property
    def day(self) -> int: ...


AnyFilm = TypeVar("AnyFilm", bound=Dated)


@dataclass(frozen=True)
class EventRule:
    """How a value after an event is computed; all parameters come from the charter and are stored with the result.

    minimum_interval: least number of days between the baseline film and the last film.
    grace_days: days after the event within which a film still counts as before it.
    cap: keep an extrapolated value within 0 and the instrument's maximum.
    """

    name: str = "linear-extrapolation"
    minimum_interval: int = 1
    grace_days: int = 0
    cap: bool = False

    def as_dict(self) -> dict[str, object]:
        parameters = {"minimum_interval": self.minimum_interval, "grace_days": self.grace_days, "cap": self.cap}
        return {"name": self.name, "parameters": parameters}


EVENT_RULES: Mapping[str, Fact] = MappingProxyType(
    {
        "linear-extrapolation": Fact(
            "missing",
            "y(t) = y0 + (y1 - y0)(t - t0)/(t1 - t0) from the baseline film and the last film before the event, on "
            "actual film days; negative rates extrapolate too.",
            Mark.GENERAL,
            "used in RA-BEGIN (RMD Open highwire 139196, table 3); details from general knowledge",
        ),
        "locf": Fact(
            "missing",
            "Sensitivity rule: the last value after baseline and before the event is carried forward.",
            Mark.GENERAL,
            "general knowledge",
        ),
        "observed": Fact(
            "missing", "Values are used as observed, whatever happened before.", Mark.GENERAL, "general knowledge"
        ),
        "missing": Fact("missing", "Every value after the event is missing.", Mark.GENERAL, "general knowledge"),
    }
)


def get_event_rule(name: str = "linear-extrapolation", **parameters: object) -> EventRule:
    """The rule of a name with its parameters; a ValueError names what is allowed.

    >>> get_event_rule("locf", grace_days=7).as_dict()["parameters"]["grace_days"]
    7
    """
    if name not in EVENT_RULES:
        raise ValueError(f"The event rule cannot be “{name}”. Give one of {', '.join(EVENT_RULES)}.")
    days = {
        key: checked_days(key, parameters.pop(key, default))
        for key, default in (("minimum_interval", 1), ("grace_days", 0))
    }
    cap = parameters.pop("cap", False)
    if not isinstance(cap, bool):
        raise ValueError(f"The parameter cap cannot be “{cap}”. Give true or false.")
    if parameters:
        unknown = next(iter(parameters))
        raise ValueError(f"The parameter cannot be “{unknown}”. Give minimum_interval, grace_days or cap.")
    return EventRule(name, days["minimum_interval"], days["grace_days"], cap)


def checked_days(name: str, value: object) -> int:
    least = 1 if name == "minimum_interval" else 0
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"The parameter {name} cannot be “{value}”. Give a whole number of days, {least} or more.")
    return value


def film_of_visit(
    own: AnyFilm | None,
    others: Sequence[AnyFilm],
    *,
    target_day: int,
    window: tuple[int, int] | None,
    event_day: int | None,
    rule: EventRule,
) -> AnyFilm | None:
    """The film used for a visit; None if there is none.

    A film counts when the rule does not replace it after the event. Among `own`, the visit's scheduled film, and the
    `others`, unscheduled or of a rescue visit, that are inside the window (first and last day), the order is: inside
    the window, scheduled, nearest the target day, earlier.
    """
    inside = [film for film in others if window and window[0] <= film.day <= window[1]]
    offered = [*([own] if own else []), *inside]
    counting = [film for film in offered if not replaced(film, event_day, rule)]

    def order(film: AnyFilm) -> tuple[bool, bool, int, int]:
        outside = window is not None and not window[0] <= film.day <= window[1]
        return outside, film is not own, abs(film.day - target_day), film.day

    return min(counting, key=order, default=None)


def replaced(film: Dated, event_day: int | None, rule: EventRule) -> bool:
    """Whether the rule replaces the film, since it was taken after the event and its grace days."""
    return rule.name != "observed" and event_day is not None and film.day > event_day + rule.grace_days
