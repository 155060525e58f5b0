"""A reader against reference scores: agreement with intervals, and each figure against its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.detectable import sdc
from scoring.agreement.icc import icc
from scoring.agreement.kappa import kappa
from scoring.agreement.ratings import Matrix
from scoring.agreement.results import Estimate

FigureRow = dict[str, Any]
TARGETS = ("status", "change", "sdc", "kappa")


@dataclass(frozen=True)
class Targets:
    """What a reader has to reach, and from how many cases on figures are given; None is no target."""

    least_status: float | None
    least_change: float | None
    most_sdc: float | None
    least_kappa: float | None
    fewest: int


@dataclass(frozen=True, eq=False)
class BesideReference:
    """The reader in the first column and the reference in the second: totals and their changes, a row a pair.

    `own` and `reference` hold the grades, timepoints x items; NaN is a site without a grade.
    """

    cases: int
    status: Matrix
    change: Matrix
    own: Matrix
    reference: Matrix


def figures_beside(pairs: BesideReference, items: Sequence[str], targets: Targets) -> dict[str, Any]:
    """Every figure as data, unrounded, with n, a 95 % interval, the target and whether it was met.

    ICC(2,1) of status (totals of all timepoints) and of change from the first timepoint, with the intervals of
    McGraw and Wong; SDC of one read = 1.96 s / sqrt(2), s the standard deviation (n - 1) of the difference of the
    changes, with a chi-square interval; kappa of each item with linear weights, with a bootstrap interval.
    """
    joints = {item: joint_row(pairs, place, targets) for place, item in enumerate(items)}
    enough = pairs.cases >= targets.fewest
    few = f"too few cases: {pairs.cases}; {targets.fewest} are needed"
    found = {
        "status": against(icc(pairs.status, 2).estimate, least=targets.least_status),
        "change": against(icc(pairs.change, 2).estimate, least=targets.least_change),
        "sdc": against(sdc(pairs.change, readers_averaged=1), most=targets.most_sdc),
        "kappa": lowest(joints, targets.least_kappa),
    }
    return {
        "cases": pairs.cases,
        **(cells_beside(pairs) if enough else dict.fromkeys(("same", "within_one", "status_bias", "change_bias"))),
        **{name: row if enough else withheld(row, few) for name, row in found.items()},
        "joints": joints if enough else {item: {**withheld(row, few), "met": None} for item, row in joints.items()},
    }


def all_met(figures: dict[str, Any]) -> bool:
    """Whether every target was met; a figure that could not be estimated meets none.

    >>> row = {"target": 0.8, "met": True}
    >>> all_met({name: row for name in TARGETS}), all_met({name: row | {"met": False} for name in TARGETS})
    (True, False)
    """
    return all(figures[name]["met"] for name in TARGETS if figures[name]["target"] is not None)


def against(found: Estimate, *, least: float | None = None, most: float | None = None) -> FigureRow:
    """An estimate beside its target.

    >>> against(Estimate("ICC", 0.79, 0.7, 0.9, 12, 2), least=0.8)["met"]
    False
    """
    target = least if most is None else most
    row = {"value": found.value, "lower": found.lower, "upper": found.upper, "n": found.n, "reason": found.reason}
    met = None
    if target is not None:
        met = found.value is not None and (found.value >= target if most is None else found.value <= target)
    return {**row, "target": target, "met": met}


def withheld(row: FigureRow, reason: str) -> FigureRow:
    """The figure left out: there are too few cases, and no target is met."""
    met = None if row["target"] is None else False
    return {**row, "value": None, "lower": None, "upper": None, "reason": reason, "met": met}


def joint_row(pairs: BesideReference, place: int, targets: Targets) -> FigureRow:
    """Kappa of one item. A reader who gives one grade where the reference varies agrees by chance alone: kappa is 0."""
    own, reference = pairs.own[:, place], pairs.reference[:, place]
    known = np.isfinite(own) & np.isfinite(reference)
    n, blank = int(known.sum()), Estimate("kappa, linear", None, None, None, int(known.sum()), 2)
    if n < targets.fewest:
        return {**against(replace(blank, reason=f"too few grades: {n}")), "target": targets.least_kappa}
    if is_constant(reference[known]):
        return {**against(replace(blank, reason="one grade in the reference")), "target": targets.least_kappa}
    if is_constant(own[known]):
        return against(replace(blank, value=0.0, reason="one grade by the reader"), least=targets.least_kappa)
    return against(kappa(own[known], reference[known], "linear", bootstrap=Bootstrap()), least=targets.least_kappa)


def is_constant(grades: npt.NDArray[np.float64]) -> bool:
    """Whether all grades are equal."""
    return bool((grades == grades[0]).all())


def lowest(joints: dict[str, FigureRow], target: float | None) -> FigureRow:
    """The lowest kappa of the items that have one: it decides. `n` counts these items, `joint` names the lowest."""
    known = {item: row for item, row in joints.items() if row["value"] is not None}
    blank = Estimate(
        "lowest kappa", None, None, None, len(known), 2, reason="" if known else "no joint has enough grades"
    )
    if not known:
        return {**against(blank, least=target), "joint": "", "below": 0}
    joint = min(known, key=lambda item: known[item]["value"])
    row = known[joint]
    found = replace(blank, value=row["value"], lower=row["lower"], upper=row["upper"])
    below = sum(row["met"] is False for row in known.values())
    return {**against(found, least=target), "joint": joint, "below": below}


def cells_beside(pairs: BesideReference) -> dict[str, float | None]:
    """Shares of equal grades and of grades within one; mean difference of the reader from the reference."""
    apart = np.abs(pairs.own - pairs.reference)
    apart = apart[np.isfinite(apart)]
    return {
        "same": float((apart == 0).mean()) if len(apart) else None,
        "within_one": float((apart <= 1).mean()) if len(apart) else None,
        **{
            f"{name}_bias": float((table[:, 0] - table[:, 1]).mean()) if len(table) else None
            for name, table in (("status", pairs.status), ("change", pairs.change))
        },
    }
