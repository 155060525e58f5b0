"""Values after an intercurrent event (rescue, switch, discontinuation): linear extrapolation, last value carried.

Days are film days counted from any one origin; values may be whole numbers or fractions and stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from instruments.definition import Fact, Mark

NO_FILM = "no film after baseline and before the event or the missing visit"


@dataclass(frozen=True)
class DatedScore:
    """The score of one visit on the day its film was taken."""

    day: int
    value: Fraction | int


@dataclass(frozen=True)
class EventRule:
    """How a value after an event is made; all parameters are the charter's and are stored with the result.

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


@dataclass(frozen=True)
class Filled:
    """A value at a target day: its origin (observed, extrapolated, carried) and the films used, or a reason."""

    value: Fraction | None
    origin: str
    reason: str
    films: tuple[DatedScore, ...]


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
        key: _days(key, parameters.pop(key, default)) for key, default in (("minimum_interval", 1), ("grace_days", 0))
    }
    cap = parameters.pop("cap", False)
    if not isinstance(cap, bool):
        raise ValueError(f"The parameter cap cannot be “{cap}”. Give true or false.")
    if parameters:
        unknown = next(iter(parameters))
        raise ValueError(f"The parameter cannot be “{unknown}”. Give minimum_interval, grace_days or cap.")
    return EventRule(name, days["minimum_interval"], days["grace_days"], cap)


def _days(name: str, value: object) -> int:
    least = 1 if name == "minimum_interval" else 0
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"The parameter {name} cannot be “{value}”. Give a whole number of days, {least} or more.")
    return value


def value_at(
    *,
    baseline: DatedScore | None,
    later: Sequence[DatedScore],
    target_day: int,
    observed: DatedScore | None,
    event_day: int | None,
    rule: EventRule,
    maximum: int,
) -> Filled:
    """The value for a visit with this target day.

    baseline, later: the baseline film and all films after it. observed: the film of this visit, if one was taken. Its
    value is kept when there was no event or the film is dated on or before event_day + grace_days; otherwise the rule
    makes the value from films up to that day. A missing visit before any event is made from the films up to its target
    day.
    """
    if observed is not None and (event_day is None or rule.name == "observed" or _before(observed, event_day, rule)):
        return Filled(Fraction(observed.value), "observed", "", (observed,))
    if rule.name == "observed":
        return _none("no film at this visit")
    limit = target_day if event_day is None or target_day < event_day else event_day + rule.grace_days
    usable = sorted((film for film in later if film.day <= limit), key=lambda film: film.day)
    if rule.name == "locf":
        return _carry(usable)
    return _extrapolate(baseline, usable, target_day, rule, maximum)


def _before(film: DatedScore, event_day: int, rule: EventRule) -> bool:
    return film.day <= event_day + rule.grace_days


def _none(reason: str, *films: DatedScore) -> Filled:
    return Filled(None, "", reason, films)


def _carry(usable: Sequence[DatedScore]) -> Filled:
    if not usable:
        return _none(NO_FILM)
    return Filled(Fraction(usable[-1].value), "carried", "", (usable[-1],))


def _extrapolate(
    baseline: DatedScore | None, usable: Sequence[DatedScore], target_day: int, rule: EventRule, maximum: int
) -> Filled:
    if baseline is None:
        return _none("no baseline film")
    if not usable:
        return _none(NO_FILM, baseline)
    last = usable[-1]
    interval = last.day - baseline.day
    if interval < rule.minimum_interval:
        needed = f"at least {rule.minimum_interval} needed"
        return _none(f"the last film before the event is {interval} days after baseline, {needed}", baseline, last)
    value = extrapolated(baseline, last, target_day)
    if rule.cap:
        value = min(max(value, Fraction(0)), Fraction(maximum))
    return Filled(value, "extrapolated", "", (baseline, last))


def extrapolated(first: DatedScore, last: DatedScore, day: int) -> Fraction:
    """y(t) = y0 + (y1 - y0)(t - t0)/(t1 - t0), exact.

    >>> extrapolated(DatedScore(0, 10), DatedScore(112, 12), 168)
    Fraction(13, 1)
    """
    start = Fraction(first.value)
    return start + (Fraction(last.value) - start) * Fraction(day - first.day, last.day - first.day)
