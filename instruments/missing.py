"""Missing, absent and operated sites: the rules by name, chosen in the charter and stored with every result.

A rule uses only the visits of one reader, so no reader's value can depend on another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from instruments.facts import Fact, Mark

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

DEFAULT = "paired-proportional"


class Operated(StrEnum):
    """The value that replaces the score of a site lost to surgery."""

    MISSING = "missing"
    MAXIMUM = "maximum"
    CARRIED = "carried"


class Together(StrEnum):
    """Over which visits of a reader a site must be evaluable to count."""

    VISIT = "visit"
    PAIR = "pair"
    SERIES = "series"


class Origin(IntEnum):
    """The origin of the value used for a site."""

    SCORED = 0
    MISSING = 1
    MAXIMUM = 2
    CARRIED = 3


class UnknownRule(ValueError):
    """A name that is not a missing rule, or a parameter that the rule does not take."""

    def __init__(self, thing: str, value: object, allowed: str) -> None:
        super().__init__(f"The {thing} cannot be “{value}”. Give {allowed}.")
        self.thing, self.value, self.allowed = thing, value, allowed


@dataclass(frozen=True)
class RuleKind:
    """A named way to treat sites without a score."""

    name: str
    says: str
    fact: Fact
    operated: Operated = Operated.MISSING
    together: Together = Together.PAIR
    fills: bool = True


@dataclass(frozen=True)
class MissingRule:
    """A rule with its parameters; `as_dict` is what is stored with a result.

    limit: the share of a region's sites that may be missing; more than that and the total is missing.
    whole_side: True makes the total missing also when one whole hand or one whole foot is.
    """

    name: str
    limit: float = 0.5
    whole_side: bool = False

    @property
    def kind(self) -> RuleKind:
        return RULES[self.name]

    @property
    def parameters(self) -> dict[str, object]:
        return {"limit": self.limit, "whole_side": self.whole_side} if self.kind.fills else {}

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "parameters": self.parameters}

    def may_miss(self, sites: int) -> int:
        """How many of this number of sites of a region may be missing; exact, since 0.2 is read as one fifth.

        >>> MissingRule("paired-proportional", limit=0.2).may_miss(10)
        2
        """
        return share_of(self.limit, sites) if self.kind.fills else 0


@lru_cache
def share_of(limit: float, sites: int) -> int:
    return int(Fraction(str(limit)) * sites)


def general(says: str) -> Fact:
    return Fact("missing", says, Mark.GENERAL, "no charter text was found; rules seen in practice")


KINDS = (
    RuleKind(
        DEFAULT,
        "A change uses the sites evaluable at both visits, treated alike; sites not evaluable take the proportion of "
        "their maximum that the evaluable sites of the same feature and region reach. Missing when a region is absent "
        "or the limit is passed. A status total uses the sites evaluable at that visit.",
        general("Paired, proportional within region; adopted as our default."),
    ),
    RuleKind(
        "visit-proportional",
        "Each visit is imputed on its own, proportionally within region. May produce a false change when different "
        "sites are evaluable at the two visits.",
        general("Proportional within region, each visit on its own."),
        together=Together.VISIT,
    ),
    RuleKind(
        "none",
        "Nothing is imputed: a total is missing when any of its sites is.",
        general("No imputation."),
        fills=False,
    ),
    RuleKind(
        "operated-maximum",
        "An operated site counts as its maximum; other missing sites as in paired-proportional.",
        general("Operated joints given the maximum."),
        operated=Operated.MAXIMUM,
    ),
    RuleKind(
        "operated-carried",
        "An operated site keeps the same reader's last score before the operation; without one it is missing. Other "
        "missing sites as in paired-proportional.",
        general("Last pre-operative score carried forward."),
        operated=Operated.CARRIED,
    ),
    RuleKind(
        "excluded-all-visits",
        "A joint site that the reader could not evaluate at one or more visits is left out at every visit; the total "
        "is scaled up to the full range from the remaining sites of the region.",
        general("Paired exclusion at all time points of the patient."),
        together=Together.SERIES,
    ),
)
RULES: Mapping[str, RuleKind] = MappingProxyType({kind.name: kind for kind in KINDS})


def get_rule(name: str = DEFAULT, **parameters: object) -> MissingRule:
    """The rule of a name with its parameters.

    >>> get_rule("paired-proportional", limit=0.25).as_dict()
    {'name': 'paired-proportional', 'parameters': {'limit': 0.25, 'whole_side': False}}
    """
    if name not in RULES:
        raise UnknownRule("missing rule", name, f"one of {', '.join(RULES)}")
    takes = ("limit", "whole_side") if RULES[name].fills else ()
    for parameter in parameters:
        if parameter not in takes:
            raise UnknownRule(f"parameter of rule {name}", parameter, " or ".join(takes) or "none")
    return MissingRule(
        name, limit=share(parameters.get("limit", 0.5)), whole_side=flag(parameters.get("whole_side", False))
    )


def rule_from(stored: Mapping[str, object]) -> MissingRule:
    """The rule described by a result of `as_dict`."""
    parameters = stored.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise UnknownRule("parameters", parameters, "an object of names and values")
    return get_rule(str(stored.get("name")), **parameters)


def share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UnknownRule("limit", value, "a number from 0 to 1")
    return float(value)


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnknownRule("whole_side", value, "true or false")
    return value


def substitute(rule: MissingRule, values: Values, operated: Flags, maxima: Values) -> tuple[Values, Codes]:
    """Values with operated sites replaced according to the rule, and the origin of each value.

    `values` and `operated` are reads x visits x items in order of time; NaN is not scored.
    """
    origin = np.where(np.isnan(values), np.int8(Origin.MISSING), np.int8(Origin.SCORED)).astype(np.int8)
    lost = operated & np.isnan(values)
    if rule.kind.operated is Operated.MISSING or not lost.any():
        return values, origin
    if rule.kind.operated is Operated.MAXIMUM:
        return np.where(lost, maxima, values), np.where(lost, np.int8(Origin.MAXIMUM), origin).astype(np.int8)
    carried = last_score_before(values)
    found = lost & ~np.isnan(carried)
    return np.where(found, carried, values), np.where(found, np.int8(Origin.CARRIED), origin).astype(np.int8)


def last_score_before(values: Values) -> Values:
    last = np.full_like(values, np.nan)
    for visit in range(1, values.shape[1]):
        last[:, visit] = np.where(np.isnan(values[:, visit - 1]), last[:, visit - 1], values[:, visit - 1])
    return last
