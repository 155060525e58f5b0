"""The tables of the report, which compare planted and returned values, from the replicates of every scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from rehearsal.trial.courses import Numbers
from rehearsal.trial.design import Arm, Design, DesignVisit
from rehearsal.trial.replicate import THRESHOLDS, USES
from rehearsal.trial.run import Returned
from rehearsal.trial.theory import error_variance, extrapolated_mean, icc_of_change, share_above, spread
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable, Row

SCENARIO, USED = ReportColumn("scenario", "Scenario", "text"), ReportColumn("used", "Values", "text")
VISIT = ReportColumn("visit", "Visit", "text")
ARM, PLANTED, RETURNED = (
    ReportColumn("arm", "Arm", "text"),
    ReportColumn("planted", "Planted"),
    ReportColumn("returned", "Returned"),
)
BIAS, ERROR = ReportColumn("bias", "Bias"), ReportColumn("error", "Monte Carlo error")
COVERAGE = ReportColumn("coverage", "Coverage of 95 %", "percent")


def average(values: Numbers) -> float | None:
    """The mean of the known values; None without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def rounded(value: float | None) -> float | None:
    """A mean number of subjects."""
    return None if value is None else round(value, 1)


def deviation(values: Numbers) -> float | None:
    """The SD over replicates; None with fewer than two."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if known.size > 1 else None


def compared(values: Numbers, planted: float) -> Row:
    """Returned, bias, its Monte Carlo error, and the SD over replicates."""
    mean, sd, n = average(values), deviation(values), int(np.isfinite(values).sum())
    return {
        "planted": planted,
        "returned": mean,
        "bias": None if mean is None else mean - planted,
        "error": None if sd is None else sd / math.sqrt(n),
        "sd": sd,
    }


def coverage(lower: Numbers, upper: Numbers, planted: float) -> float | None:
    """The share of intervals that contain the planted value; intervals that could not be computed are left out."""
    known = np.isfinite(lower) & np.isfinite(upper)
    return float(((lower <= planted) & (planted <= upper))[known].mean()) if known.any() else None


def every_use(found: Mapping[str, Returned]) -> Iterator[tuple[Returned, int, int, DesignVisit, Row]]:
    """Scenario, place of use and visit, and the columns that name them; observed values only where they differ."""
    for returned in found.values():
        counts = returned.arms[..., 0]
        for use, words in enumerate(USES):
            for place, visit in enumerate(returned.design.visits):
                about: Row = {"scenario": returned.scenario, "used": words, "visit": visit.code}
                if use == 0 or (counts[:, 0, place] != counts[:, 1, place]).any():
                    yield returned, use, place, visit, about


def means(found: Mapping[str, Returned]) -> ReportTable:
    """The mean change of every arm."""
    rows: list[Row] = []
    for returned, use, place, visit, about in every_use(found):
        for at, arm in enumerate(returned.design.arms):
            one = returned.arms[:, use, place, at]
            planted = arm.change[visit.code]
            rows.append(
                {
                    **about,
                    "arm": arm.name,
                    "n": rounded(average(one[:, 0])),
                    **compared(one[:, 1], planted),
                    "expected": expected(returned.design, arm, place, use),
                    "coverage": coverage(one[:, 2], one[:, 3], planted),
                    "spread": average(one[:, 4]),
                    "theory": spread(returned.design, arm, visit),
                }
            )
    columns = (
        ReportColumn("n", "Subjects", "count"),
        PLANTED,
        ReportColumn("expected", "By extrapolation"),
        RETURNED,
        BIAS,
        ERROR,
        COVERAGE,
        ReportColumn("spread", "SD of change"),
        ReportColumn("theory", "SD by theory"),
        ReportColumn("sd", "SD of the mean"),
    )
    notes = (
        "Planted is the true mean had nobody been rescued or switched. By extrapolation: the mean that a straight line "
        "through the last film before the event gives, by theory.",
        "SD by theory is that of complete data and two readers without slips, drift or missing sites.",
    )
    return ReportTable("means", "Mean change from baseline", (SCENARIO, USED, VISIT, ARM, *columns), rows, notes)


def expected(design: Design, arm: Arm, place: int, use: int) -> float | None:
    """The theoretical result of extrapolation; observed values are not extrapolated."""
    return extrapolated_mean(design, arm, place) if use == 0 else None


def differences(found: Mapping[str, Returned]) -> ReportTable:
    """Differences of each later arm from the first, with power."""
    rows: list[Row] = []
    for returned, use, place, visit, about in every_use(found):
        first, *others = returned.design.arms
        for at, arm in enumerate(others):
            one = returned.differences[:, use, place, at]
            planted = arm.change[visit.code] - first.change[visit.code]
            known = np.isfinite(one[:, 1])
            excludes = ((one[:, 1] > 0) | (one[:, 2] < 0))[known]
            rows.append(
                {
                    **about,
                    "compared": f"{arm.name} minus {first.name}",
                    **compared(one[:, 0], planted),
                    "coverage": coverage(one[:, 1], one[:, 2], planted),
                    "power": float(excludes.mean()) if excludes.size else None,
                }
            )
    columns = (PLANTED, RETURNED, BIAS, ERROR, COVERAGE, ReportColumn("sd", "SD of the difference"))
    power = ReportColumn("power", "Power", "percent")
    note = "Analysis of covariance with the status baseline, HC3. Power: the share of intervals that exclude 0."
    named = (SCENARIO, USED, VISIT, ReportColumn("compared", "Comparison", "text"))
    return ReportTable("differences", "Difference between arms", (*named, *columns, power), rows, (note,))


def shares(found: Mapping[str, Returned]) -> ReportTable:
    """Subjects without progression: the share who truly have none, and the share with a change of 0 or less."""
    rows: list[Row] = []
    for returned, use, place, _, about in every_use(found):
        for at, arm in enumerate(returned.design.arms):
            share = returned.arms[:, use, place, at, 5]
            rows.append({**about, "arm": arm.name, **compared(share, 1 - arm.progressors)})
    kinds = {"planted": "Truly without", "returned": "Change of 0 or less", "bias": "Difference", "sd": "SD"}
    columns = tuple(ReportColumn(key, label, "percent") for key, label in kinds.items())
    note = "Readers' errors give half of the subjects without true progression a change below or above 0."
    return ReportTable("shares", "Subjects without progression", (SCENARIO, USED, VISIT, ARM, *columns), rows, (note,))


def agreement(found: Mapping[str, Returned]) -> ReportTable:
    """SDC, ICC and repeats of the change, compared with theory."""
    rows: list[Row] = []
    for returned in found.values():
        for place, visit in enumerate(returned.design.visits):
            one, about = returned.agreement[:, place], {"scenario": returned.scenario, "visit": visit.code}
            twice = math.sqrt(2 * error_variance(visit))
            icc = icc_of_change(returned.design, visit)
            limits = {"SDC": (visit.sdc, 0), "ICC(2,1) of the change": (icc, 3)}
            for name, (planted, at) in limits.items():
                covers = coverage(one[:, at + 1], one[:, at + 2], planted)
                rows.append({**about, "statistic": name, **compared(one[:, at], planted), "coverage": covers})
            name = "SD of a reader's own differences"
            rows.append({**about, "statistic": name, **compared(returned.repeats[:, place], twice)})
    columns = (PLANTED, RETURNED, BIAS, ERROR, COVERAGE, ReportColumn("sd", "SD"))
    named = (SCENARIO, VISIT, ReportColumn("statistic", "Statistic", "text"))
    notes = (
        "Planted: the SDC of the design, and what follows from it. Intervals of the ICC assume normal changes; most "
        "true changes are 0 and a few are large, so they cover less often.",
    )
    return ReportTable("agreement", "Agreement of two readers on the change", (*named, *columns), rows, notes)


def adjudication(found: Mapping[str, Returned]) -> ReportTable:
    """The share of cases that would be read a third time, by threshold."""
    rows: list[Row] = []
    for returned in found.values():
        for at, limit in enumerate(THRESHOLDS):
            theory = share_above(returned.design, limit)
            rows.append({"scenario": returned.scenario, "threshold": limit, **compared(returned.above[:, at], theory)})
    kinds = {"planted": "By theory", "returned": "Returned", "bias": "Difference", "error": "Monte Carlo error"}
    columns = tuple(ReportColumn(key, label, "percent") for key, label in kinds.items())
    note = "The largest difference of the two readers' changes over all pairs of films is above the threshold."
    named = (SCENARIO, ReportColumn("threshold", "Threshold", "count"))
    return ReportTable("adjudication", "Cases above a threshold", (*named, *columns), rows, (note,))


def readers(design: Design) -> ReportTable:
    """The theoretical benefit of more readers per case."""
    rows: list[Row] = []
    for visit in design.visits:
        for arm in design.arms:
            alone = [spread(design, arm, visit, number) for number in (1, 2, 3)]
            true = math.sqrt(max(alone[0] ** 2 - error_variance(visit), 0))
            saved = [1 - (one / alone[0]) ** 2 for one in alone[1:]]
            row: Row = {"visit": visit.code, "arm": arm.name, "true": true}
            row.update({f"of{number}": one for number, one in enumerate(alone, start=1)})
            rows.append({**row, "saved2": saved[0], "saved3": saved[1]})
    numbers = (ReportColumn("of1", "SD, 1 reader"), ReportColumn("of2", "SD, 2"), ReportColumn("of3", "SD, 3"))
    gain = (ReportColumn("saved2", "Subjects saved by 2", "percent"), ReportColumn("saved3", "by 3", "percent"))
    note = "Subjects saved: how many fewer subjects give the same precision of the mean as with one reader."
    return ReportTable(
        "readers",
        "How many readers",
        (VISIT, ARM, ReportColumn("true", "SD of true change"), *numbers, *gain),
        rows,
        (note,),
    )
