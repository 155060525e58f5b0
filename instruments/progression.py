"""Progression by a threshold, with its strictness and, for a smallest detectable change, its source stated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Threshold:
    """A limit of change. strict: progression is change > value; otherwise change >= value."""

    name: str
    value: Fraction
    source: str
    strict: bool = True

    @property
    def condition(self) -> str:
        """No progression as a condition on the change.

        >>> HALF.condition
        'CHG <= 0.5'
        """
        return f"CHG {'<=' if self.strict else '<'} {float(self.value):g}"

    @property
    def says(self) -> str:
        """Both definitions in words, as printed beside each result.

        >>> HALF.says
        'progression: change > 0.5; no progression: change <= 0.5'
        """
        above, below = (">", "<=") if self.strict else (">=", "<")
        number = f"{float(self.value):g}"
        return f"progression: change {above} {number}; no progression: change {below} {number}"


ZERO = Threshold("zero", Fraction(0), "no progression is a change of 0 or less")
HALF = Threshold("half", Fraction(1, 2), "no progression is a change of 0.5 or less")


def own_threshold(value: float | str, *, source: str, strict: bool = True) -> Threshold:
    """A threshold chosen by the user; a decimal is read as written, so 0.1 is one tenth."""
    return Threshold("own", exact_threshold(value), named("source", source), strict)


def sdc_threshold(value: float | str, *, source: str, interval: str, strict: bool = True) -> Threshold:
    """The smallest detectable change as a threshold; the data and the interval of its estimate must be named."""
    where = f"{named('source', source)}, interval {named('interval', interval)}"
    return Threshold("sdc", exact_threshold(value), where, strict)


def progressed(change: Fraction | int | float | None, threshold: Threshold) -> bool | None:
    """Whether a change is progression; None when the change is missing or not finite.

    >>> progressed(Fraction(1, 2), HALF), progressed(1, HALF), progressed(None, HALF)
    (False, True, None)
    """
    if change is None or not math.isfinite(change):
        return None
    exact = Fraction(change)
    return exact > threshold.value if threshold.strict else exact >= threshold.value


def exact_threshold(value: float | str) -> Fraction:
    try:
        return Fraction(str(value))
    except ValueError:
        raise ValueError(f"The threshold cannot be “{value}”. Give a number.") from None


def named(thing: str, text: str) -> str:
    if not text.strip():
        raise ValueError(f"The {thing} of a threshold is empty. Give a text.")
    return text
