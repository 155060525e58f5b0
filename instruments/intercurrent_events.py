"""Values after an intercurrent event (rescue, switch, discontinuation): linear extrapolation, last value carried.

Days are film days counted from any one origin; values may be whole numbers or fractions and stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Protocol, TypeVar

from instruments.facts import Fact, Mark

NO_FILM = "no film after baseline and before the event or the missing visit"
NO_VISIT = "no film at this visit"
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
class DatedScore:
    """The score of one visit, with the day on which its film was taken.

    base: the baseline's total as used for the change to this film; None where that is the baseline film's own value.
    """

    day: int
    value: Fraction | int
    base: Fraction | int | None = None


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


@dataclass(frozen=True)
class Filled:
    """A value at a target day: its origin (observed, extrapolated, carried, interpolated), the films used, or a reason.

    base: the baseline that belongs to the value, where the films name one.
    """

    value: Fraction | None
    origin: str
    reason: str
    films: tuple[DatedScore, ...]
    base: Fraction | None = None


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


def value_at(
    *,
    baseline: DatedScore | None,
    later: Sequence[DatedScore],
    target_day: int,
    observed: DatedScore | None,
    event_day: int | None,
    rule: EventRule,
    maximum: int,
    others: Sequence[DatedScore] = (),
    window: tuple[int, int] | None = None,
    gap: str = "extrapolated",
) -> Filled:
    """The value for a visit with this target day.

    baseline, later: the baseline film and all films after it. observed: the scheduled film of this visit, if one was
    taken; others: films of other kinds that may be used inside its window. A film used for the visit is kept when
    there was no event or the film is dated on or before event_day + grace_days; otherwise the rule makes the value from
    films up to that day. `gap` is the handling of a visit without a film that no event explains, whatever the rule
    makes of values after the event: extrapolated linearly from the films up to its target day, interpolated between its
    neighbours, or missing.
    """
    film = film_of_visit(observed, others, target_day=target_day, window=window, event_day=event_day, rule=rule)
    if film is not None:
        return Filled(Fraction(film.value), "observed", "", (film,), base_of(film))
    if rule.name == "observed":
        return none(NO_VISIT)
    lost = observed is not None or any(window and window[0] <= one.day <= window[1] for one in others)
    after = event_day is not None and (lost or target_day >= event_day)
    if not after and gap == "missing":
        return none(NO_VISIT)
    if not after and gap == "interpolated":
        return interpolate(baseline, [one for one in later if not replaced(one, event_day, rule)], target_day)
    limit = event_day + rule.grace_days if after and event_day is not None else target_day
    usable = sorted((one for one in later if one.day <= limit), key=lambda one: one.day)
    make = made if after else extrapolate
    return make(baseline, usable, target_day, rule, maximum)


def made(
    baseline: DatedScore | None, usable: Sequence[DatedScore], target_day: int, rule: EventRule, maximum: int
) -> Filled:
    if rule.name == "missing":
        return none("after the event: missing by the charter")
    if rule.name == "locf":
        return carry(usable)
    return extrapolate(baseline, usable, target_day, rule, maximum)


def replaced(film: Dated, event_day: int | None, rule: EventRule) -> bool:
    """Whether the rule replaces the film, since it was taken after the event and its grace days."""
    return rule.name != "observed" and event_day is not None and film.day > event_day + rule.grace_days


def none(reason: str, *films: DatedScore) -> Filled:
    return Filled(None, "", reason, films)


def base_of(film: DatedScore) -> Fraction | None:
    return None if film.base is None else Fraction(film.base)


def carry(usable: Sequence[DatedScore]) -> Filled:
    if not usable:
        return none(NO_FILM)
    return Filled(Fraction(usable[-1].value), "carried", "", (usable[-1],), base_of(usable[-1]))


def start_of_change(baseline: DatedScore, film: DatedScore) -> DatedScore:
    """The baseline film with its value as used for the change to another film."""
    return baseline if film.base is None else DatedScore(baseline.day, film.base, film.base)


def extrapolate(
    baseline: DatedScore | None, usable: Sequence[DatedScore], target_day: int, rule: EventRule, maximum: int
) -> Filled:
    if baseline is None:
        return none("no baseline film")
    if not usable:
        return none(NO_FILM, baseline)
    last = usable[-1]
    interval = last.day - baseline.day
    if interval < rule.minimum_interval:
        needed = f"at least {rule.minimum_interval} needed"
        after = f"{interval} {'day' if interval == 1 else 'days'} after baseline"
        return none(f"the last film before the event is {after}, {needed}", baseline, last)
    value = extrapolated(start_of_change(baseline, last), last, target_day)
    if rule.cap:
        value = min(max(value, Fraction(0)), Fraction(maximum))
    return Filled(value, "extrapolated", "", (baseline, last), base_of(last))


def interpolate(baseline: DatedScore | None, later: Sequence[DatedScore], target_day: int) -> Filled:
    """Between the neighbours of the visit; a baseline that differs between them is interpolated with the value."""
    if baseline is None:
        return none("no baseline film")
    following = min((film for film in later if film.day > target_day), key=lambda film: film.day, default=None)
    if following is None:
        return none("no film after the missing visit to interpolate to")
    start = start_of_change(baseline, following)
    before = max((film for film in later if film.day <= target_day), key=lambda film: film.day, default=start)
    bases = [DatedScore(film.day, film.base) for film in (before, following) if film.base is not None]
    base = extrapolated(bases[0], bases[1], target_day) if len(bases) > 1 else None
    return Filled(extrapolated(before, following, target_day), "interpolated", "", (before, following), base)


def extrapolated(first: DatedScore, last: DatedScore, day: int) -> Fraction:
    """y(t) = y0 + (y1 - y0)(t - t0)/(t1 - t0), exact.

    >>> extrapolated(DatedScore(0, 10), DatedScore(112, 12), 168)
    Fraction(13, 1)
    """
    start = Fraction(first.value)
    return start + (Fraction(last.value) - start) * Fraction(day - first.day, last.day - first.day)
