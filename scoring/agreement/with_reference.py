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
# Further shares and differences, each given if the named figure is.
CELLS = {"same": "kappa", "within_one": "kappa", "status_bias": "status", "change_bias": "change"}


@dataclass(frozen=True)
class Targets:
    """The targets of a reader, and the minimum number of cases for figures; None means no target."""

    least_status: float | None
    least_change: float | None
    most_sdc: float | None
    least_kappa: float | None
    fewest: int


@dataclass(frozen=True, eq=False)
class BesideReference:
    """The reader in the first column and the reference in the second: totals and their changes, a row per pair.

    `cases` were signed; of these, `status_cases` and `change_cases` have such a row. `own` and `reference` hold the
    grades, timepoints x items; NaN is a site without a grade.
    """

    cases: int
    status_cases: int
    change_cases: int
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
    basis = {"status": pairs.status_cases, "change": pairs.change_cases}
    basis |= {"sdc": pairs.change_cases, "kappa": pairs.cases}
    few = {
        name: f"too few cases: {cases}; {targets.fewest} are needed"
        for name, cases in basis.items()
        if cases < targets.fewest
    }
    found = {
        "status": against(icc(pairs.status, 2).estimate, least=targets.least_status),
        "change": against(icc(pairs.change, 2).estimate, least=targets.least_change),
        "sdc": against(sdc(pairs.change, readers_averaged=1), most=targets.most_sdc),
        "kappa": lowest(joints, targets.least_kappa),
    }
    return {
        "cases": pairs.cases,
        **{name: None if CELLS[name] in few else value for name, value in cells_beside(pairs).items()},
        **{name: withheld(row, few[name]) if name in few else row for name, row in found.items()},
        "joints": {item: {**withheld(row, few["kappa"]), "met": None} for item, row in joints.items()}
        if "kappa" in few
        else joints,
    }


def all_met(figures: dict[str, Any]) -> bool:
    """Whether every target was met; a figure that could not be estimated meets none.

    >>> row = {"target": 0.8, "met": True}
    >>> all_met({name: row for name in TARGETS}), all_met({name: row | {"met": False} for name in TARGETS})
    (True, False)
    """
    return all(figures[name]["met"] for name in TARGETS if figures[name]["target"] is not None)


def against(found: Estimate, *, least: float | None = None, most: float | None = None) -> FigureRow:
    """An estimate with its target.

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
    """An omitted figure: there are too few cases, so no target is met."""
    met = None if row["target"] is None else False
    return {**row, "value": None, "lower": None, "upper": None, "reason": reason, "met": met}


def joint_row(pairs: BesideReference, place: int, targets: Targets) -> FigureRow:
    """Kappa of one item. A reader who gives one grade where the reference varies agrees only by chance: kappa is 0.

    A reader with too few grades, where the reference has enough and varies, misses the target.
    """
    own, reference = pairs.own[:, place], pairs.reference[:, place]
    known = np.isfinite(own) & np.isfinite(reference)
    n, blank = int(known.sum()), Estimate("kappa, linear", None, None, None, int(known.sum()), 2)
    if n < targets.fewest:
        row = {**against(replace(blank, reason=f"too few grades: {n}")), "target": targets.least_kappa}
        missed = targets.least_kappa is not None and is_wanted(reference[np.isfinite(reference)], targets.fewest)
        return {**row, "met": False if missed else None}
    if is_constant(reference[known]):
        return {**against(replace(blank, reason="only one grade in the reference")), "target": targets.least_kappa}
    if is_constant(own[known]):
        return against(replace(blank, value=0.0, reason="only one grade by the reader"), least=targets.least_kappa)
    return against(kappa(own[known], reference[known], "linear", bootstrap=Bootstrap()), least=targets.least_kappa)


def is_wanted(grades: npt.NDArray[np.float64], fewest: int) -> bool:
    """Whether kappa can be required for these grades of the reference: enough of them, and not all equal."""
    return len(grades) >= fewest and not is_constant(grades)


def is_constant(grades: npt.NDArray[np.float64]) -> bool:
    """Whether all grades are equal."""
    return bool((grades == grades[0]).all())


def lowest(joints: dict[str, FigureRow], target: float | None) -> FigureRow:
    """The lowest kappa of the items that have one, which decides. `n` counts these items, `joint` names the lowest.

    No kappa is given if the reader left out an item that the reference requires: the target is missed.
    """
    left_out = sum(row["value"] is None and row["met"] is False for row in joints.values())
    known = {item: row for item, row in joints.items() if row["value"] is not None}
    blank = Estimate(
        "lowest kappa", None, None, None, len(known), 2, reason="" if known else "no joint has enough grades"
    )
    if left_out:
        blank = replace(blank, reason=f"joints with too few grades by the reader: {left_out}")
    if left_out or not known:
        return {**against(blank, least=target), "joint": "", "below": left_out}
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
