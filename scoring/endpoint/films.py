"""The films of a case as the endpoint uses them: baseline and later total of every interval, which belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from instruments.change import Change, change_series
from instruments.definition import Instrument
from instruments.missing import MissingRule, Together
from scoring.consensus.panel import Panel
from scoring.consensus.results import groups_of

PARAMS = ("total", "erosion", "narrowing")
STATUS = "STATUS"
# How the baseline of a change is named, by the visits over which the missing rule counts sites together.
BASETYPES = {Together.VISIT: STATUS, Together.SERIES: "ALL VISITS"}


@dataclass(frozen=True)
class Pair:
    """Baseline and later total as used for one change, means over the same readers; None with the reason.

    `partial` where these are not the readers who decide the case: one of those could not evaluate both visits.
    """

    base: Fraction | None
    value: Fraction | None
    reason: str
    assessed: int
    imputed: int
    readers: tuple[int, ...] = ()
    partial: bool = False


@dataclass(frozen=True)
class Status:
    """The status total of a visit, the mean over the same readers; None with the reason."""

    value: Fraction | None
    reason: str
    assessed: int
    imputed: int
    readers: tuple[int, ...] = ()


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


def basetype_of(rule: MissingRule, visit: str, partial: bool = False) -> str:
    """The name of the baseline of the change to a visit: one name, one baseline.

    The baseline of an interval that only some readers could evaluate is theirs, so it has the name of its visit.

    >>> from instruments.missing import get_rule
    >>> basetype_of(get_rule("paired-proportional"), "W52"), basetype_of(get_rule("visit-proportional"), "W52")
    ('W52 PAIRED', 'STATUS')
    >>> basetype_of(get_rule("visit-proportional"), "W52", partial=True)
    'W52 STATUS'
    """
    shared = BASETYPES.get(rule.kind.together)
    if shared is None:
        return f"{visit} PAIRED"
    return f"{visit} {shared}" if partial else shared


def pairs_of(instrument: Instrument, panel: Panel, rule: MissingRule, baseline: int) -> list[dict[str, Pair]]:
    """For every visit after the baseline, the pair of each parameter: the mean over one set of readers."""
    of_readers = [
        [found.row(0) for found in change_series(instrument, one.values[None], rule, one.operated[None], baseline)]
        for one in panel.everyone
    ]
    ids = [one.reader for one in panel.everyone]
    return [
        pairs_at(instrument, panel, dict(zip(ids, changes, strict=True))) for changes in zip(*of_readers, strict=True)
    ]


def pairs_at(instrument: Instrument, panel: Panel, changes: Mapping[int, Change]) -> dict[str, Pair]:
    """The pairs of one interval, all of the same readers."""
    chosen = panel.at([reader for reader, one in changes.items() if one.overall.fraction is not None])
    own, groups = [changes[reader] for reader in chosen.readers], groups_of(instrument)
    partial = set(chosen.readers) != set(panel.deciding)
    return {
        name: replace(mean_pair(own, *groups[name], chosen.reason), readers=chosen.readers, partial=partial)
        for name in params_of(instrument)
    }


def mean_pair(changes: Sequence[Change], feature: str | None, region: str | None, reason: str) -> Pair:
    """The mean over readers; missing for the given reason, or with the first where any reader's change is missing."""
    amounts = [change.difference.of(feature=feature, region=region) for change in changes]
    assessed = min(amount.assessed for amount in amounts)
    imputed = max(amount.imputed for amount in amounts)
    reasons = [reason] if reason else [amount.reason for amount in amounts if amount.fraction is None]
    if reasons:
        return Pair(None, None, reasons[0], assessed, imputed)
    base = mean([change.baseline.of(feature=feature, region=region).fraction for change in changes])
    value = mean([change.later.of(feature=feature, region=region).fraction for change in changes])
    return Pair(base, value, "", assessed, imputed)


def mean(values: Sequence[Fraction | None]) -> Fraction:
    """The mean of values that are known."""
    return sum((value for value in values if value is not None), Fraction(0)) / len(values)
