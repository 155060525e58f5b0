"""Values where no film counts, after an intercurrent event or at a missed visit: extrapolated, carried, interpolated.

Days are film days counted from any one origin; values may be whole numbers or fractions and stay exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from instruments.intercurrent_events import EventRule, film_of_visit, replaced

NO_FILM = "no film after baseline and before the event or the missing visit"
NO_VISIT = "no film at this visit"


@dataclass(frozen=True)
class DatedScore:
    """The score of one visit, with the day on which its film was taken.

    base: the baseline's total as used for the change to this film; None where that is the baseline film's own value.
    """

    day: int
    value: Fraction | int
    base: Fraction | int | None = None


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
