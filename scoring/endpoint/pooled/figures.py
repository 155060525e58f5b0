"""The figures of one parameter over all arms: observed values beside all values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.endpoint.by_arm.blocks import Figure, ReportColumn, ReportTable, Row
from scoring.endpoint.by_arm.curves import BAND, POINT, band_of, cumulative_drawing, cumulative_rows, mean_drawing
from scoring.endpoint.by_arm.descriptive import summary
from scoring.endpoint.by_arm.tables import LIMITS, USED, VISIT, N, ParameterData
from scoring.endpoint.by_arm.visits import AnalysisVisit, changes_of, later


def figures_of(subject: ParameterData) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Mean change by visit, the cumulative probability at each visit, and a sentence for each visit with too few."""
    sentences, drawable = [], []
    for visit in later(subject.visits):
        if few := changes_of(visit.uses[0][1], subject.arms).too_few:
            sentences.append(f"{visit.name}: no cumulative probability. {few}")
        else:
            drawable.append(visit)
    if not drawable:
        return (), tuple(sentences)
    return (mean_changes(subject, drawable), *(probability(subject, one) for one in drawable)), tuple(sentences)


def probability(subject: ParameterData, visit: AnalysisVisit) -> Figure:
    """The cumulative probability of changes, with the smallest detectable change as a dashed band."""
    samples = [(used, changes_of(rows, subject.arms).values) for used, rows in visit.uses]
    limits = band_of(visit)
    title = f"{subject.label}, {visit.name}: cumulative probability of the change"
    name = f"{subject.param}_{visit.name}_cumulative"
    table = ReportTable(name, title, (USED, *POINT), cumulative_rows("used", samples), (BAND,) if limits else ())
    return Figure(cumulative_drawing(title, samples, limits), table)


def mean_changes(subject: ParameterData, visits: Sequence[AnalysisVisit]) -> Figure:
    """The mean change with its 95 % interval by visit."""
    data = list(means(subject, visits))
    title = f"{subject.label}: mean change from baseline with 95 % interval"
    names = list(dict.fromkeys(str(row["used"]) for row in data))
    columns = (VISIT, USED, N, ReportColumn("mean", "Mean"), *LIMITS)
    drawing = mean_drawing(title, "used", names, data)
    return Figure(drawing, ReportTable(f"{subject.param}_mean_change", title, columns, data))


def means(subject: ParameterData, visits: Sequence[AnalysisVisit]) -> Iterator[Row]:
    for visit in visits:
        for used, rows in visit.uses:
            found = summary(changes_of(rows, subject.arms).values)
            if found.n:
                numbers: Row = {"mean": found.mean, "lower": found.lower, "upper": found.upper}
                yield {"visit": visit.name, "used": used, "n": found.n, **numbers}
