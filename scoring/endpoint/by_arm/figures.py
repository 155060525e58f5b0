"""The figures of one parameter: mean change by visit, and the cumulative probability of changes at every visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.blocks import Figure, ReportColumn, ReportTable, Row
from scoring.endpoint.by_arm.curves import BAND, POINT, band_of, cumulative_drawing, cumulative_rows, mean_drawing
from scoring.endpoint.by_arm.descriptive import summary
from scoring.endpoint.by_arm.tables import ARM, FILLED_SHARE, LIMITS, USED, VISIT, N, ParameterData
from scoring.endpoint.by_arm.visits import AnalysisVisit, changes_of, filled_by_arm, later


def figures_of(subject: ParameterData) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """The figures, and a sentence for each that has too few subjects."""
    figures, sentences = [], []
    for visit in later(subject.visits):
        used, rows = visit.uses[0]
        if few := changes_of(rows, subject.arms).too_few:
            sentences.append(f"{visit.name}: no cumulative probability. {few}")
        else:
            figures.append(probability(subject, visit, used, rows))
    drawable = [visit for visit in later(subject.visits) if not changes_of(visit.uses[0][1], subject.arms).too_few]
    if drawable:
        figures.insert(0, mean_changes(subject, drawable))
    return tuple(figures), tuple(sentences)


def probability(subject: ParameterData, visit: AnalysisVisit, used: str, rows: Sequence[AnalysisRow]) -> Figure:
    """The cumulative probability of changes by arm, with the smallest detectable change as a dashed band."""
    sample, limits = changes_of(rows, subject.arms), band_of(visit)
    samples = [(arm, sample.of(place)) for place, arm in enumerate(sample.arms)]
    title = f"{subject.label}, {visit.name}: cumulative probability of the change"
    made = filled_by_arm(rows, subject.arms)
    said = ", ".join(f"{arm} {made[arm]} of {len(changes)}" for arm, changes in samples)
    notes = (f"{used}. Not observed: {said}.", *([BAND] if limits else []))
    name = f"{subject.param}_{visit.name}_cumulative"
    table = ReportTable(name, title, (ARM, *POINT), cumulative_rows("arm", samples), notes)
    return Figure(cumulative_drawing(title, samples, limits), table)


def mean_changes(subject: ParameterData, visits: Sequence[AnalysisVisit]) -> Figure:
    """The mean change with its 95 % interval by visit and arm."""
    data = list(means(subject, visits))
    title = f"{subject.label}: mean change from baseline with 95 % interval"
    columns = (VISIT, USED, ARM, N, FILLED_SHARE, ReportColumn("mean", "Mean"), *LIMITS)
    drawing = mean_drawing(title, "arm", subject.arms.names, data)
    return Figure(drawing, ReportTable(f"{subject.param}_mean_change", title, columns, data))


def means(subject: ParameterData, visits: Sequence[AnalysisVisit]) -> Iterator[Row]:
    for visit in visits:
        used, rows = visit.uses[0]
        sample, made = changes_of(rows, subject.arms), filled_by_arm(rows, subject.arms)
        for place, arm in enumerate(sample.arms):
            found = summary(sample.of(place))
            numbers: Row = {"mean": found.mean, "lower": found.lower, "upper": found.upper}
            about: Row = {"visit": visit.name, "used": used, "arm": arm, "n": found.n}
            yield {**about, "filled_share": made[arm] / found.n, **numbers}
