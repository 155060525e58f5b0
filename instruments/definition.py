"""The definition of a scoring instrument: items, grades, wordings, terms, and the supporting facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from instruments.facts import Fact
from instruments.not_assessable import ABSENT, Reason, UnknownReason


@dataclass(frozen=True)
class CdiscTerms:
    """CDISC terms of an item; an empty string means that no published term is known."""

    testcd: str = ""
    test: str = ""
    test_code: str = ""
    loc: str = ""
    loc_code: str = ""
    lat: str = ""
    lat_code: str = ""
    dir: str = ""
    method: str = "X-RAY"


SIDE_NAMES = {"L": "Left", "R": "Right"}


@dataclass(frozen=True)
class Item:
    """One value to be entered: a feature at a site."""

    key: str
    feature: str
    region: str
    side: str
    joint: str
    label: str
    allowed: tuple[int, ...]
    weight: int
    part: str
    wide_name: str
    terms: CdiscTerms

    @property
    def place(self) -> str:
        """Side and joint for people, everywhere in this form: "Left PIP 2"."""
        return f"{SIDE_NAMES[self.side]} {self.label}"

    @property
    def largest(self) -> int:
        """The most this item can add to a total, in units of the instrument."""
        return self.weight * max(self.allowed)

    @property
    def paramcd(self) -> str:
        """The key as an analysis parameter code of at most 8 characters."""
        return self.key.replace("-", "")


class UnknownItem(ValueError):
    """An item key that does not exist in the instrument."""

    def __init__(self, instrument: str, key: str) -> None:
        super().__init__(f"The item “{key}” is not an item of {instrument}.")
        self.instrument, self.key = instrument, key


@dataclass(frozen=True, eq=False)
class Instrument:
    """A scoring instrument as in the table of its paper: the meaning of a key and version never changes.

    A total in points is the sum of weight x grade over all items, divided by `unit`.
    """

    key: str
    version: int
    title: str
    features: tuple[str, ...]
    items: tuple[Item, ...]
    maximum: int
    wordings: Mapping[str, Mapping[str, Mapping[int, str]]]
    default_wording: str
    reasons: tuple[Reason, ...]
    citation: str
    provenance: tuple[Fact, ...]
    place: int
    unit: int = 1

    @property
    def unverified(self) -> bool:
        """True while sites, grades or range depend on an unverified fact, which a charter must acknowledge."""
        return bool(self.unverified_facts)

    @property
    def unverified_facts(self) -> tuple[Fact, ...]:
        return tuple(
            fact for fact in self.provenance if fact.about in ("sites", "grades", "range") and not fact.verified
        )

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.region for item in self.items))

    @cached_property
    def _by_key(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def positions(self) -> dict[str, int]:
        """Column of each item key in an array of values."""
        return {item.key: column for column, item in enumerate(self.items)}

    def item(self, key: str) -> Item:
        try:
            return self._by_key[key]
        except KeyError:
            raise UnknownItem(self.key, key) from None

    def items_of(
        self, *, side: str | None = None, region: str | None = None, feature: str | None = None
    ) -> tuple[Item, ...]:
        wanted = {"side": side, "region": region, "feature": feature}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return tuple(item for item in self.items if all(getattr(item, name) == value for name, value in chosen.items()))

    def text_of(self, item: Item, grade: int, wording: str | None = None) -> str:
        """The text of a grade of an item in a wording, by default in the default wording.

        A wording may have separate texts for a region, under feature/region.
        """
        texts = self.wordings[wording or self.default_wording]
        return texts.get(f"{item.feature}/{item.region}", texts[item.feature]).get(grade, "")

    def reason(self, code: str) -> Reason:
        for reason in (*self.reasons, ABSENT):
            if reason.code == code:
                return reason
        raise UnknownReason(code, (*self.reasons, ABSENT))


def maximum_of(items: Iterable[Item], unit: int = 1) -> int:
    """The largest total in points, derived from the items; refuses a fraction of a point."""
    points, rest = divmod(sum(item.largest for item in items), unit)
    if rest:
        raise ValueError(f"The largest total is not a whole number of points: {points} and {rest}/{unit}.")
    return points
