"""Multiple imputation of what was not observed, and the tipping point, as tables of one parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.endpoint.by_arm.analysis_rows import FILLED, AnalysisRow
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable, Row
from scoring.endpoint.by_arm.imputation import Imputations, compared, impute, tipping_point
from scoring.endpoint.by_arm.linear import Matrix
from scoring.endpoint.by_arm.sample import Flags, Sample, design_of
from scoring.endpoint.by_arm.tables import COMPARED, LIMITS, REASON, VISIT, N, P, ParameterData
from scoring.endpoint.by_arm.visits import AnalysisVisit, changes_of, later
from scoring.plain_files.lines import natural


@dataclass(frozen=True, eq=False)
class Observed:
    """Subjects with a status baseline, their observed changes by visit (NaN where not observed), and the visits."""

    sample: Sample
    changes: Matrix
    visits: tuple[AnalysisVisit, ...]


def sensitivity_of(
    subject: ParameterData, imputations: Imputations, maximum: int
) -> tuple[tuple[ReportTable, ...], str]:
    """The table of imputed results with its tipping points, or a sentence why there is none."""
    found = observed_of(subject)
    if found is None:
        return (), "Multiple imputation: no visit has an observed change."
    missing = np.isnan(found.changes)
    if few := found.sample.too_few:
        return (), f"Multiple imputation: {few[0].lower()}{few[1:]}"
    if not missing.any():
        return (), "Multiple imputation: every change was observed, so there is nothing to impute."
    copies = impute(design_of(found.sample), found.changes, imputations)
    if isinstance(copies, str):
        return (), f"Multiple imputation was not possible: {copies}."
    rows = [
        row_of(found, copies, missing, (at, arm), maximum)
        for at in range(len(found.visits))
        for arm in range(1, len(subject.arms.names))
    ]
    return (table(subject, rows, imputations),), ""


def observed_of(subject: ParameterData) -> Observed | None:
    """One row for each subject with a status baseline."""
    visits = tuple(later(subject.visits))
    if not visits or not any(value(row) is not None for visit in visits for row in visit.rows):
        return None
    first: dict[str, AnalysisRow] = {}
    for visit in visits:
        for row in visit.rows:
            if row.status_base is not None:
                first.setdefault(row.subject, row)
    rows = [first[name] for name in sorted(first, key=natural)]
    by_visit = [{row.subject: value(row) for row in visit.rows} for visit in visits]
    changes = np.array([[own.get(row.subject) for own in by_visit] for row in rows], dtype=np.float64)
    return Observed(changes_of(rows, subject.arms), changes.reshape(len(rows), len(visits)), visits)


def value(row: AnalysisRow) -> float | None:
    return None if row.origin in FILLED else row.chg


def row_of(found: Observed, copies: Matrix, missing: Flags, place: tuple[int, int], maximum: int) -> Row:
    at, arm = place
    sample, own = found.sample, copies[:, :, at]
    effect = compared(sample, own, arm)
    tipping = tipping_point(sample, own, missing[:, at], arm, float(maximum))
    here, there = (missing[sample.arm == one, at] for one in (arm, 0))
    return {
        "visit": found.visits[at].name,
        "compared": f"{sample.arms[arm]} minus {sample.arms[0]}",
        "n": len(sample.arm),
        "imputed_arm": float(here.mean()),
        "imputed_reference": float(there.mean()),
        "difference": effect.estimate,
        "se": effect.se,
        "lower": effect.lower,
        "upper": effect.upper,
        "p": effect.p,
        "delta": tipping.delta,
        "reason": tipping.reason,
    }


def table(subject: ParameterData, rows: Sequence[Row], imputations: Imputations) -> ReportTable:
    shares = (
        ReportColumn("imputed_arm", "Imputed, arm", "percent"),
        ReportColumn("imputed_reference", "reference", "percent"),
    )
    numbers = (ReportColumn("difference", "Difference"), ReportColumn("se", "SE"), *LIMITS, P)
    columns = (VISIT, COMPARED, N, *shares, *numbers, ReportColumn("delta", "Tipping delta"), REASON)
    made = f"{imputations.number} imputations, seed {imputations.seed}"
    notes = (
        "Every change that was not observed, including extrapolated ones, is imputed under the assumption of missing at"
        f" random ({made}), by Bayesian linear regression on arm, status baseline, factors and earlier changes. ANCOVA"
        " with HC3 is computed for each imputation; the results are combined by Rubin's rules, with the degrees of"
        " freedom of Barnard and Rubin.",
        "Tipping delta: the smallest number, to 0.01, that makes p exceed 0.05 if it is added to the imputed changes.",
    )
    return ReportTable(f"{subject.param}_imputation", "Multiple imputation and tipping point", columns, rows, notes)
