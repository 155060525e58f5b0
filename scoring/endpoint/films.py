"""The films of a case as the endpoint uses them: baseline and later total of every interval, which belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from instruments.change import Changes, change_series
from instruments.definition import Instrument
from instruments.missing import MissingRule, Together
from scoring.consensus.panel import Panel
from scoring.consensus.results import groups_of

PARAMS = ("total", "erosion", "narrowing")
STATUS = "STATUS"
# How the baseline of a change is named, by the visits over which the missing rule counts sites together.
BASETYPES = {Together.VISIT: STATUS, Together.SERIES: "ALL VISITS"}


@dataclass(frozen=True)
class ChangePair:
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
class StatusTotal:
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
    status: Mapping[str, StatusTotal]
    pairs: Mapping[str, ChangePair]


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


def pairs_of(instrument: Instrument, panel: Panel, rule: MissingRule, baseline: int) -> list[dict[str, ChangePair]]:
    """For every visit after the baseline, the pair of each parameter: the mean over one set of readers."""
    return pairs_of_cases(instrument, [panel], rule, baseline, params_of(instrument))[0]


def pairs_of_cases(
    instrument: Instrument, panels: Sequence[Panel], rule: MissingRule, baseline: int, params: Sequence[str]
) -> list[list[dict[str, ChangePair]]]:
    """The same for many cases with equally many timepoints."""
    every = [one for panel in panels for one in panel.everyone]
    values, operated = np.stack([one.values for one in every]), np.stack([one.operated for one in every])
    by_visit = [
        pairs_at(instrument, panels, at, params) for at in change_series(instrument, values, rule, operated, baseline)
    ]
    return [list(case) for case in zip(*by_visit, strict=True)] if by_visit else [[] for _ in panels]


def pairs_at(
    instrument: Instrument, panels: Sequence[Panel], changes: Changes, params: Sequence[str]
) -> list[dict[str, ChangePair]]:
    """The pairs of each case over one interval; a row of `changes` for each reader of each panel."""
    overall, groups = changes.difference.denominator[:, changes.difference.column()].tolist(), groups_of(instrument)
    columns = {name: columns_of(changes, *groups[name]) for name in params}
    found, start = [], 0
    for panel in panels:
        row_of = {one.reader: start + place for place, one in enumerate(panel.everyone)}
        chosen = panel.at([reader for reader, row in row_of.items() if overall[row]])
        rows, partial = [row_of[reader] for reader in chosen.readers], set(chosen.readers) != set(panel.deciding)
        means = {name: mean_pair(columns[name], rows, chosen.reason) for name in params}
        found.append({name: replace(pair, readers=chosen.readers, partial=partial) for name, pair in means.items()})
        start += len(panel.everyone)
    return found


@dataclass(frozen=True)
class ChangeColumns:
    """One group of the changes of many readers: base and value as numerator and denominator, counts, and faults."""

    base: list[tuple[int, int]]
    value: list[tuple[int, int]]
    assessed: list[int]
    imputed: list[int]
    reasons: list[str]


def columns_of(changes: Changes, feature: str | None, region: str | None) -> ChangeColumns:
    """The group of a feature in a region; the reason is empty where the change is known."""
    found = changes.difference
    column = found.column(feature=feature, region=region)
    base, value = (
        list(zip(part.numerator[:, column].tolist(), part.denominator[:, column].tolist(), strict=True))
        for part in (changes.baseline, changes.later)
    )
    lost, faults = (found.denominator[:, column] == 0).tolist(), found.faults[:, column].tolist()
    reasons = [found.reasons[fault] if gone else "" for fault, gone in zip(faults, lost, strict=True)]
    return ChangeColumns(base, value, found.assessed[:, column].tolist(), found.imputed[:, column].tolist(), reasons)


def mean_pair(of: ChangeColumns, rows: Sequence[int], reason: str) -> ChangePair:
    """The mean over readers; missing for the given reason, or with the first where any reader's change is missing."""
    counts = min(of.assessed[row] for row in rows), max(of.imputed[row] for row in rows)
    reasons = [reason] if reason else [of.reasons[row] for row in rows if of.reasons[row]]
    if reasons:
        return ChangePair(None, None, reasons[0], *counts)
    return ChangePair(
        mean(tuple(of.base[row] for row in rows)), mean(tuple(of.value[row] for row in rows)), "", *counts
    )


@lru_cache(maxsize=4096)
def mean(parts: tuple[tuple[int, int], ...]) -> Fraction:
    """The mean of fractions, each given as numerator and denominator."""
    return sum((Fraction(*part) for part in parts), Fraction(0)) / len(parts)
