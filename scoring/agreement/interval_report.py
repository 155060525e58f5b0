"""Agreement over one interval, from baseline to a visit, as plain data: for one pair of readers or a pool of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.icc import icc, stepped_up
from scoring.agreement.intervals import sdc_of_intervals
from scoring.agreement.pools import one_way_icc
from scoring.agreement.ratings import Matrix
from scoring.agreement.report import Cube, plain, report
from scoring.agreement.results import Estimate

Row = dict[str, Any]
THRESHOLDS = (0.0, 0.5)
PAIR = 2
FEWEST = 30
WORDS = {2: "two", 3: "three"}
FIXED = "Two-way model, absolute agreement: the same {} readers read every case"
POOL = "One-way random-effects model: each case was read by {} readers from a pool"


def interval_report(
    cube: Cube, end: str, planned: Sequence[str], *, averaged: int = PAIR, bootstrap: Bootstrap | None = None
) -> Row:
    """Everything about the changes from `cube.visits[0]` to `end`; `planned` names the visits the protocol plans.

    `averaged` is the number of primary readers of a case: results that were not adjudicated are their mean, and every
    SDC is that of such a mean.
    """
    change = changes_of(cube)[:, cube.visits.index(end) - 1]
    own = sdc_of_intervals(change[:, None], readers_averaged=averaged, bootstrap=bootstrap)[0][0]
    pairs = pair_rows(cube, end, own, averaged, bootstrap)
    fixed = len(cube.readers) == averaged
    used = int((np.isfinite(change).sum(axis=1) >= PAIR).sum())
    return {
        "from": cube.visits[0],
        "to": end,
        "planned": end in planned,
        "readers": list(cube.readers),
        "cases": len(change),
        "n": used,
        "note": note_on(used),
        "one_pair": len(cube.readers) == PAIR,
        "averaged": WORDS[averaged],
        "model": (FIXED if fixed else POOL).format(WORDS[averaged]),
        "icc": two_way(change) if fixed else one_way(change, averaged, bootstrap),
        "sdc": {**plain(own), "intervals": intervals(cube, planned, averaged, bootstrap)},
        "pairs": pairs,
        "pool": [] if fixed else pool_of(two_visits(cube, end, range(len(cube.readers))), averaged, bootstrap),
    }


def pool_of(cube: Cube, averaged: int, bootstrap: Bootstrap | None) -> list[Row]:
    """The statistics of a pool of readers, given the number of readers per case."""
    found: list[Row] = report(cube, averaged=averaged, bootstrap=bootstrap)["pool"]
    return found


def changes_of(cube: Cube) -> Matrix:
    if cube.changes is None:
        raise ValueError("changes: none were given; allowed: subjects x (visits - 1) x readers")
    return cube.changes


def note_on(n: int) -> str:
    """The note if few cases have a change scored by two readers or more; empty if there are enough.

    >>> note_on(1)
    'Too few cases: 1 has a change scored by two readers over this interval, and agreement needs at least 2.'
    """
    if n < PAIR:
        count = "1 has" if n == 1 else "none has"
        scored = f"{count} a change scored by two readers over this interval"
        return f"Too few cases: {scored}, and agreement needs at least 2."
    if n < FEWEST:
        return (
            f"Only {n} cases have a change scored by two readers over this interval. With fewer than {FEWEST} cases, "
            "the estimates are imprecise: interpret each with its confidence interval."
        )
    return ""


def two_way(change: Matrix) -> list[Row]:
    """ICC(2,1) and ICC(2,k) of change."""
    forms = [icc(change, 2, mean_of_readers=mean) for mean in (False, True)]
    return [{"form": found.form, **plain(found.estimate)} for found in forms]


def one_way(change: Matrix, averaged: int, bootstrap: Bootstrap | None) -> list[Row]:
    """ICC(1,1) of change, and ICC(1,k) by Spearman-Brown."""
    single = one_way_icc(change, bootstrap=bootstrap)
    mean = {"form": f"ICC(1,{averaged})", **plain(mean_of(averaged, single))}
    return [{"form": "ICC(1,1)", **plain(single)}, mean]


def mean_of(averaged: int, single: Estimate) -> Estimate:
    if single.value is None:
        return single
    found = replace(single, value=stepped_up(single.value, averaged), lower=None, upper=None)
    if single.lower is None or single.upper is None:
        return found
    return found.with_limits(stepped_up(single.lower, averaged), stepped_up(single.upper, averaged), single.interval)


def intervals(cube: Cube, planned: Sequence[str], averaged: int, bootstrap: Bootstrap | None) -> Row:
    """The SDC from baseline to each planned visit, and their mean."""
    ends = [visit for visit in cube.visits[1:] if visit in planned]
    if not ends:
        return {"each": [], "mean": None}
    changes = changes_of(cube)[:, [cube.visits.index(visit) - 1 for visit in ends]]
    each, mean = sdc_of_intervals(changes, readers_averaged=averaged, bootstrap=bootstrap)
    eighty, mean_eighty = sdc_of_intervals(changes, readers_averaged=averaged, coverage=0.80)
    rows = [
        {"from": cube.visits[0], "to": visit, **plain(one), "eighty": lower.value}
        for visit, one, lower in zip(ends, each, eighty, strict=True)
    ]
    return {"each": rows, "mean": {**plain(mean), "eighty": mean_eighty.value, "of": len(rows)}}


def two_visits(cube: Cube, end: str, readers: Sequence[int]) -> Cube:
    """Baseline and one visit, of some readers."""
    at, columns = cube.visits.index(end), list(readers)
    changes = changes_of(cube)[:, [at - 1]][:, :, columns]
    names = tuple(cube.readers[column] for column in columns)
    return Cube(cube.values[:, [0, at]][:, :, columns], (cube.visits[0], end), names, changes)


def pair_rows(cube: Cube, end: str, own: Estimate, averaged: int, bootstrap: Bootstrap | None) -> list[Row]:
    """Every pair of readers who share a case."""
    found = []
    for pair in combinations(range(len(cube.readers)), 2):
        both = two_visits(cube, end, pair)
        if np.isfinite(both.values).all(axis=2).any():
            found.append(pair_row(both, own, averaged, bootstrap))
    return found


def pair_row(both: Cube, own: Estimate, averaged: int, bootstrap: Bootstrap | None) -> Row:
    found = report(both, thresholds=THRESHOLDS, shared_sdc=own.value, bootstrap=bootstrap)
    status, change = (row_of(found["bland_altman"]["each"], of, both.visits[1]) for of in ("status", "change"))
    (sdc,), _ = sdc_of_intervals(changes_of(both), readers_averaged=averaged, bootstrap=bootstrap)
    return {
        "first": both.readers[0],
        "second": both.readers[1],
        "n": change["n"],
        "forms": found["icc"],
        "icc": next(row for row in found["icc"] if row["of"] == "change" and row["form"] == "ICC(2,1)"),
        "sem": found["sem"]["each"],
        "sdd_status": found["sdd_status"]["each"],
        "sdd_change": found["sdd_change"],
        "sdc": plain(sdc),
        "bias": bias(change),
        "bland_altman": {"status": status, "change": change},
        "ccc": {of: row_of(found["ccc"]["each"], of, both.visits[1]) for of in ("status", "change")},
        "kappa": found["kappa"]["each"],
        "progressors": [progressors(row) for row in found["progressors"]],
    }


def bias(row: Row) -> Row:
    lower, upper = row["bias_interval"]
    return {"value": row["bias"], "lower": lower, "upper": upper, "n": row["n"], "reason": row["reason"]}


def row_of(rows: list[Row], of: str, visit: str) -> Row:
    return next(row for row in rows if row["of"] == of and row["visit"] == visit)


def progressors(row: Row) -> Row:
    """The 2 x 2 table at one threshold; without a case, the reason."""
    named: Row = {key: row[key] for key in ("definition", "threshold", "source", "reason")}
    named.update(*row["pairs"][:1])
    return named
