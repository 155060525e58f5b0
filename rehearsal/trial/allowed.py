"""The allowed values of a design file's keys; each kind checks a value and states in words what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from config.wording import either


class Allowed(Protocol):
    """Checks a value: the value as used, or None when it is not allowed."""

    def taken(self, value: Any) -> Any: ...

    @property
    def says(self) -> str: ...


@dataclass(frozen=True)
class RealNumber:
    """A number within limits."""

    least: float
    most: float

    def taken(self, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.least <= value <= self.most:
            return None
        return float(value)

    @property
    def says(self) -> str:
        return f"Give a number from {self.least:g} to {self.most:g}."


@dataclass(frozen=True)
class Whole:
    """A whole number within limits."""

    least: int
    most: int

    def taken(self, value: Any) -> int | None:
        good = isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most
        return value if good else None

    @property
    def says(self) -> str:
        return f"Give a whole number from {self.least} to {self.most}."


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    options: tuple[str, ...]

    def taken(self, value: Any) -> str | None:
        return value if isinstance(value, str) and value in self.options else None

    @property
    def says(self) -> str:
        return f"Give {either(self.options)}."


@dataclass(frozen=True)
class Text:
    """A short text on one line."""

    most: int = 120

    def taken(self, value: Any) -> str | None:
        good = isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= self.most
        return value.strip() if good else None

    @property
    def says(self) -> str:
        return f"Give one line of text, 1 to {self.most} characters."


@dataclass(frozen=True)
class NumberTable:
    """A table of numbers within limits, by name."""

    least: float
    most: float

    def taken(self, value: Any) -> Mapping[str, float] | None:
        one = RealNumber(self.least, self.most)
        if not isinstance(value, Mapping):
            return None
        found = {str(key): one.taken(number) for key, number in value.items()}
        known = {key: number for key, number in found.items() if number is not None}
        return known if len(known) == len(found) else None

    @property
    def says(self) -> str:
        return f"Give a table of numbers from {self.least:g} to {self.most:g}, such as {{ W24 = 0.9, W52 = 1.8 }}."


@dataclass(frozen=True)
class Factors(NumberTable):
    """The relative frequency of errors, by joint."""

    least: float = 0.0
    most: float = 50.0

    @property
    def says(self) -> str:
        return f"Give a table of joints and numbers from {self.least:g} to {self.most:g}, such as {{ MTP5 = 2 }}."
