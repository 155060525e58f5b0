"""All statistics for a page or the command line about one set of ratings, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from scoring.agreement.bland_altman import BlandAltman, bland_altman
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.concordance import ccc
from scoring.agreement.detectable import pooled, sdc, sdc_pooled, sdd_change, sdd_status, sem
from scoring.agreement.icc import icc_all
from scoring.agreement.kappa import Agreement, agreement
from scoring.agreement.pools import Pool, reader_pool, sdc_of_pool
from scoring.agreement.progressors import Progressors, progressor_agreement
from scoring.agreement.ratings import COMPLETE, Matrix
from scoring.agreement.results import Estimate

Row = dict[str, Any]
THRESHOLDS = (0.0, 0.5, 5.0)
NO_CHANGE = "needs a column visit with at least two visits"


@dataclass(frozen=True, eq=False)
class Cube:
    """Ratings as subjects x visits x readers, NaN for missing; the first visit is the baseline of every change.

    `changes` has the changes to each later visit if they come from a rule other than subtraction (a charter's rule for
    missing sites): subjects x (visits - 1) x readers.
    """

    values: Matrix
    visits: tuple[str, ...]
    readers: tuple[str, ...]
    changes: Matrix | None = None


@dataclass(frozen=True, eq=False)
class Layer:
    """The ratings of one visit, or the changes up to it."""

    of: str
    visit: str | None
    values: Matrix

    @property
    def where(self) -> Row:
        return {"of": self.of, "visit": self.visit}


def report(
    cube: Cube,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    shared_sdc: float | None = None,
    averaged: int = 2,
    bootstrap: Bootstrap | None = None,
) -> Row:
    """All agreement statistics: status at each visit, change from the first visit at each later one.

    Keys icc, sem, sdd_status, sdd_change, sdc, bland_altman, ccc, kappa, progressors, pool. A statistic that summarises
    several visits or pairs of readers lists them under `each`. Progressors are counted at each threshold and
    at the SDC of these ratings, or at `shared_sdc`, the SDC of a larger set to which they belong. The SDC of a pool is
    that of the mean of `averaged` readers.
    """
    status = [Layer("status", label(cube, at), cube.values[:, at]) for at in range(len(cube.visits))]
    change = [Layer("change", cube.visits[at], changes_to(cube, at)) for at in range(1, len(cube.visits))]
    layers = [*status, *change]
    return {
        "subjects": len(cube.values),
        "readers": list(cube.readers),
        "visits": [visit for visit in cube.visits if visit],
        "missing_cells": COMPLETE,
        "icc": [row for layer in layers for row in icc_rows(layer)],
        "sem": pooled_row("SEM", [(layer, sem(layer.values)) for layer in layers], of="status"),
        "sdd_status": pooled_row("SDD of status", [(layer, sdd_status(layer.values)) for layer in status]),
        "sdd_change": pooled_row("SDD of change", [(layer, sdd_change(layer.values)) for layer in change]),
        "sdc": sdc_row(cube, change, bootstrap),
        "bland_altman": single(pair_rows(cube, layers, bland_altman_row)),
        "ccc": single(pair_rows(cube, layers, lambda a, b, _: plain(ccc(a, b)))),
        "kappa": single(
            pair_rows(cube, status, lambda a, b, stream: kappa_row(agreement(a, b, bootstrap=bootstrap, stream=stream)))
        ),
        "progressors": [
            row for layer in change for row in progressor_rows(layer, thresholds, shared_sdc, cube, bootstrap)
        ],
        "pool": [pool_row(layer, cube, averaged, bootstrap) for layer in layers],
    }


def changes_to(cube: Cube, at: int) -> Matrix:
    """Change from the first visit; an infinity at either stays infinite, so that it is not treated as missing."""
    if cube.changes is not None:
        return cube.changes[:, at - 1]
    first, later = cube.values[:, 0], cube.values[:, at]
    infinite = np.isinf(first) | np.isinf(later)
    return np.where(infinite, np.inf, np.where(infinite, 0, later) - np.where(infinite, 0, first))


def plain(found: Estimate) -> Row:
    """An estimate as data, numbers unrounded."""
    row = {"value": found.value, "lower": found.lower, "upper": found.upper, "n": found.n, "k": found.k}
    return {**row, "level": found.level, "interval": found.interval, "left_out": found.dropped, "reason": found.reason}


def label(cube: Cube, at: int) -> str | None:
    return cube.visits[at] or None


def icc_rows(layer: Layer) -> Iterator[Row]:
    for found in icc_all(layer.values):
        yield {"form": found.form, **plain(found.estimate), "f": found.f, "p": found.p, **layer.where}


def pooled_row(name: str, each: list[tuple[Layer, Estimate]], *, of: str | None = None) -> Row:
    """One estimate as it is; several as their simple mean, with each of them."""
    main = [found for layer, found in each if of in (None, layer.of)]
    if not main:
        return {**plain(Estimate(name, None, None, None, 0, 0, reason=NO_CHANGE)), "each": []}
    one = main[0] if len(main) == 1 else pooled(main, name)
    return {**plain(one), "each": [{**plain(found), **layer.where} for layer, found in each]}


def sdc_row(cube: Cube, change: list[Layer], bootstrap: Bootstrap | None) -> Row:
    row = pooled_row("SDC", [(layer, sdc(layer.values)) for layer in change])
    eighty = [(layer, sdc(layer.values, coverage=0.80)) for layer in change]
    if len(change) > 1:
        changes = np.stack([layer.values for layer in change], axis=1)
        row |= plain(sdc_pooled(changes, bootstrap=bootstrap))
    return {**row, "coverage": 0.95, "eighty": {**pooled_row("SDC 80 %", eighty), "coverage": 0.80}}


def pair_rows(cube: Cube, layers: list[Layer], row_of: Callable[[Matrix, Matrix, int], Row]) -> list[Row]:
    rows: list[Row] = []
    for layer in layers:
        for a, b in combinations(range(len(cube.readers)), 2):
            found = row_of(layer.values[:, a], layer.values[:, b], len(rows))
            rows.append({"first": cube.readers[a], "second": cube.readers[b], **layer.where, **found})
    return rows


def single(rows: list[Row]) -> Row:
    """The figures themselves if there is one row, else a reason; always every row under `each`."""
    if len(rows) == 1:
        return {**rows[0], "each": rows}
    reason = "several pairs of readers or visits: see each" if rows else "needs two readers"
    empty = dict.fromkeys(rows[0]) if rows else {"value": None}
    return {**empty, "reason": reason, "each": rows}


def bland_altman_row(first: Matrix, second: Matrix, _: int) -> Row:
    found: BlandAltman = bland_altman(first, second)
    return {
        "bias": found.bias.value,
        "sd": found.sd.value,
        "lower": found.lower_limit.value,
        "upper": found.upper_limit.value,
        "bias_interval": [found.bias.lower, found.bias.upper],
        "lower_interval": [found.lower_limit.lower, found.lower_limit.upper],
        "upper_interval": [found.upper_limit.lower, found.upper_limit.upper],
        "slope": {**plain(found.slope), "p": found.slope_p},
        "n": found.bias.n,
        "left_out": found.bias.dropped,
        "reason": found.bias.reason,
    }


def kappa_row(found: Agreement) -> Row:
    kinds = ("unweighted", "linear", "quadratic", "pabak", "agreement", "positive")
    return {
        **{kind: getattr(found, kind).value for kind in kinds},
        "intervals": {kind: plain(getattr(found, kind)) for kind in kinds},
        "n": found.agreement.n,
        "n_nonzero": found.n_nonzero,
        "reason": found.unweighted.reason,
    }


def progressor_rows(
    layer: Layer, thresholds: Sequence[float], shared: float | None, cube: Cube, bootstrap: Bootstrap | None
) -> Iterator[Row]:
    """At each threshold named, and at the SDC over the same interval."""
    for limit in thresholds:
        yield progressor_row(layer, limit, "named", cube, bootstrap)
    own = sdc(layer.values).value if shared is None else shared
    if own is not None:
        whose = "these ratings" if shared is None else "all readers"
        source = f"SDC 95 % of {whose}, {cube.visits[0]} to {layer.visit}"
        yield progressor_row(layer, own, source, cube, bootstrap)


def progressor_row(layer: Layer, limit: float, source: str, cube: Cube, bootstrap: Bootstrap | None) -> Row:
    found: Progressors = progressor_agreement(layer.values, limit, bootstrap=bootstrap)
    return {
        "definition": found.definition,
        "threshold": limit,
        "source": source,
        **layer.where,
        "by_reader": {cube.readers[at]: plain(one) for at, one in enumerate(found.by_reader)},
        "by_mean": plain(found.by_mean),
        "pairs": [
            {
                "first": cube.readers[pair.first],
                "second": cube.readers[pair.second],
                "both": pair.both,
                "only_first": pair.only_first,
                "only_second": pair.only_second,
                "neither": pair.neither,
                **kappa_row(pair.agreement),
            }
            for pair in found.pairs
        ],
        "reason": found.reason,
    }


def pool_row(layer: Layer, cube: Cube, averaged: int, bootstrap: Bootstrap | None) -> Row:
    subjects, readers = np.indices(layer.values.shape)
    names = [cube.readers[at] for at in readers.ravel()]
    pool: Pool = reader_pool(subjects.ravel().tolist(), names, layer.values.ravel().tolist(), bootstrap=bootstrap)
    row: Row = {
        **layer.where,
        "difference_sd": plain(pool.difference_sd),
        "icc": {"form": "ICC(1,1)", **plain(pool.icc)},
    }
    if layer.of == "change":
        row["sdc"] = plain(sdc_of_pool(pool.difference_sd, readers_averaged=averaged))
    row["sets"] = [
        {
            "readers": list(one.readers),
            "n": one.n,
            "difference_sd": one.difference_sd,
            "degrees": one.degrees,
            "reason": one.reason,
        }
        for one in pool.sets
    ]
    return row
