"""The films of a case as the endpoint uses them: baseline and later total of every interval, which belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from instruments.change import Change, change_series
from instruments.definition import Instrument
from instruments.missing import MissingRule, Together
from scoring.consensus.discordance import Series
from scoring.consensus.results import groups_of

PARAMS = ("total", "erosion", "narrowing")
STATUS = "STATUS"
# How the baseline of a change is named, by the visits over which the missing rule counts sites together.
BASETYPES = {Together.VISIT: STATUS, Together.SERIES: "ALL VISITS"}


@dataclass(frozen=True)
class Pair:
    """Baseline and later total as used for one change, means over the same readers; None with the reason."""

    base: Fraction | None
    value: Fraction | None
    reason: str
    assessed: int
    imputed: int


@dataclass(frozen=True)
class Status:
    """The status total of a visit, the mean over the same readers; None with the reason."""

    value: Fraction | None
    reason: str
    assessed: int
    imputed: int


@dataclass(frozen=True)
class CaseFilm:
    """One visit of a case: its code, kind and plan, days since baseline, status totals and pairs by parameter.

    `plan` is the code of the planned visit, None outside the plan. The baseline and what came before it has no pairs.
    """

    code: str
    kind: str
    date: str
    plan: str | None
    day: int
    status: Mapping[str, Status]
    pairs: Mapping[str, Pair]


def params_of(instrument: Instrument) -> tuple[str, ...]:
    """The parameters of an instrument: total, and erosion and narrowing where it has both."""
    return tuple(name for name in PARAMS if name in groups_of(instrument))


def basetype_of(rule: MissingRule, visit: str) -> str:
    """The name of the baseline of the change to a visit: one name, one baseline.

    >>> from instruments.missing import get_rule
    >>> basetype_of(get_rule("paired-proportional"), "W52"), basetype_of(get_rule("visit-proportional"), "W52")
    ('W52 PAIRED', 'STATUS')
    """
    return BASETYPES.get(rule.kind.together, f"{visit} PAIRED")


def pairs_of(
    instrument: Instrument, readers: Sequence[Series], rule: MissingRule, baseline: int
) -> list[dict[str, Pair]]:
    """For every visit after the baseline, the pair of each parameter: the mean over the readers who decide the case."""
    of_readers = [
        [found.row(0) for found in change_series(instrument, one.values[None], rule, one.operated[None], baseline)]
        for one in readers
    ]
    groups = groups_of(instrument)
    return [
        {name: mean_pair(changes, *groups[name]) for name in params_of(instrument)}
        for changes in zip(*of_readers, strict=True)
    ]


def mean_pair(changes: Sequence[Change], feature: str | None, region: str | None) -> Pair:
    """The mean over readers; missing, with the first reason, where any reader's change is missing."""
    amounts = [change.difference.of(feature=feature, region=region) for change in changes]
    assessed = min(amount.assessed for amount in amounts)
    imputed = max(amount.imputed for amount in amounts)
    reasons = [amount.reason for amount in amounts if amount.fraction is None]
    if reasons:
        return Pair(None, None, reasons[0], assessed, imputed)
    base = mean([change.baseline.of(feature=feature, region=region).fraction for change in changes])
    value = mean([change.later.of(feature=feature, region=region).fraction for change in changes])
    return Pair(base, value, "", assessed, imputed)


def mean(values: Sequence[Fraction | None]) -> Fraction:
    """The mean of values that are known."""
    return sum((value for value in values if value is not None), Fraction(0)) / len(values)
