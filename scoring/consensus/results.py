"""The exact numbers of a case: totals and changes for each reader and for the mean of the readers that decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from instruments.amounts import Totals
from instruments.change import change_series
from instruments.definition import Instrument
from instruments.missing import MissingRule
from instruments.totals import score_series
from scoring.consensus.discordance import Series, stacked
from scoring.consensus.panel import ChosenReaders, Panel

# None is "over all": feature, then region.
GROUPS: tuple[tuple[str | None, str | None], ...] = tuple(
    (feature, region) for feature in (None, "erosion", "narrowing", "grade") for region in (None, "hand", "foot")
)
Numbers = dict[str, Any]
KINDS = ("totals", "changes")


def group_name(feature: str | None, region: str | None) -> str:
    """The name of a group in stored numbers: "total", "erosion", "erosion-hand" and so on."""
    return "-".join(part for part in (feature or "total", region) if part)


def group_words(name: str) -> str:
    """The name of a group as shown to people.

    >>> group_words("total"), group_words("narrowing-foot"), group_words("total-hand")
    ('Total', 'Joint space narrowing, feet', 'Total, hands')
    """
    feature, _, region = name.partition("-")
    where = {"hand": ", hands", "foot": ", feet"}.get(region, "")
    return {"narrowing": "Joint space narrowing"}.get(feature, feature.capitalize()) + where


@cache
def groups_of(instrument: Instrument) -> Mapping[str, tuple[str | None, str | None]]:
    """The groups an instrument has, by name."""
    have = {(None, None)} | {
        (feature, region)
        for item in instrument.items
        for feature in (None, item.feature)
        for region in (None, item.region)
    }
    return MappingProxyType({group_name(*group): group for group in GROUPS if group in have})


def numbers_of(instrument: Instrument, series: Series, rule: MissingRule, start: int = 0) -> Numbers:
    """One reader's status totals at every timepoint and changes from the one at `start`, as fractions or reasons."""
    return numbers_of_reads(instrument, [series], rule, start)[0]


def numbers_of_reads(
    instrument: Instrument, reads: Sequence[Series], rule: MissingRule, start: int = 0
) -> list[Numbers]:
    """The same for several reads with equally many timepoints."""
    values, operated = stacked(reads)
    totals = score_series(instrument, values, rule, operated)
    changes = change_series(instrument, values, rule, operated, start)
    return [
        {
            "totals": [written(instrument, total, row) for total in totals],
            "changes": [written(instrument, one.difference, row) for one in changes],
        }
        for row in range(len(reads))
    ]


def written(instrument: Instrument, totals: Totals, row: int) -> dict[str, dict[str, Any]]:
    """A total by group: value "n/d" or null with its reason, and how many sites were assessed and imputed."""
    found = {}
    for name, (feature, region) in groups_of(instrument).items():
        amount = totals.amount(row, totals.column(feature=feature, region=region))
        found[name] = {
            "value": None if amount.fraction is None else str(amount.fraction),
            "reason": amount.reason,
            "assessed": amount.assessed,
            "imputed": amount.imputed,
        }
    return found


def chosen_readers(panel: Panel, numbers: Mapping[str, Numbers]) -> dict[str, list[ChosenReaders]]:
    """The readers whose mean each status total and change is: one set for all groups of a visit or interval."""
    first = next(iter(numbers.values()))
    return {
        kind: [panel.at(evaluable_for(numbers, kind, place)) for place in range(len(first[kind]))] for kind in KINDS
    }


def evaluable_for(numbers: Mapping[str, Numbers], kind: str, place: int) -> list[int]:
    """The readers whose overall amount is known."""
    return [int(reader) for reader, own in numbers.items() if own[kind][place]["total"]["value"] is not None]


def mean_of(numbers: Mapping[str, Numbers], chosen: Mapping[str, Sequence[ChosenReaders]]) -> Numbers:
    """The means of the chosen readers, who are listed under "readers".

    Missing, with the first reason, if any of them is missing.
    """
    means = {
        kind: [
            means_at([numbers[str(reader)][kind][place] for reader in one.readers], one.reason)
            for place, one in enumerate(chosen[kind])
        ]
        for kind in KINDS
    }
    return {**means, "readers": {kind: [list(one.readers) for one in chosen[kind]] for kind in KINDS}}


def means_at(of_readers: Sequence[dict[str, Any]], reason: str) -> dict[str, dict[str, Any]]:
    """The mean of every group at one place."""
    return {name: mean_amount([own[name] for own in of_readers], reason) for name in of_readers[0]}


def mean_amount(amounts: Sequence[dict[str, Any]], reason: str = "") -> dict[str, Any]:
    """The mean of one amount over readers, exact; missing for the given reason."""
    assessed = min(amount["assessed"] for amount in amounts)
    imputed = max(amount["imputed"] for amount in amounts)
    missing = [reason] if reason else [amount["reason"] for amount in amounts if amount["value"] is None]
    if missing:
        return {"value": None, "reason": missing[0], "assessed": assessed, "imputed": imputed}
    value = mean_value(tuple(amount["value"] for amount in amounts))
    return {"value": value, "reason": "", "assessed": assessed, "imputed": imputed}


@lru_cache(maxsize=4096)
def mean_value(values: tuple[str, ...]) -> str:
    """The mean of stored fractions."""
    return str(sum(map(Fraction, values), Fraction(0)) / len(values))
