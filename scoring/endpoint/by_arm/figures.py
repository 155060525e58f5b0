"""The figures of one parameter: mean change by visit, and the cumulative probability of changes at every visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.blocks import Column, Figure, Table
from scoring.endpoint.by_arm.descriptive import cumulative, summary
from scoring.endpoint.by_arm.svg import Axis, Drawing, Line, axis_over, drawn
from scoring.endpoint.by_arm.tables import ARM, FILLED_SHARE, LIMITS, USED, VISIT, N, Row, Subject
from scoring.endpoint.by_arm.visits import Visit, changes_of, filled_by_arm, later

POINT = (Column("percent", "Cumulative %"), Column("change", "Change"))


def figures_of(subject: Subject) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
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


def probability(subject: Subject, visit: Visit, used: str, rows: Sequence[AnalysisRow]) -> Figure:
    """The cumulative probability of changes by arm, with the smallest detectable change as a dashed band."""
    sample = changes_of(rows, subject.arms)
    lines, data = [], list[Row]()
    for place, arm in enumerate(sample.arms):
        percent, changes = (one.tolist() for one in cumulative(sample.of(place)))
        lines.append(Line(f"{arm} (n = {len(changes)})", percent, changes))
        points = zip(percent, changes, strict=True)
        data.extend({"arm": arm, "percent": one, "change": change} for one, change in points)
    band = [one.limit for one in visit.criteria if one.limit and "SDC" in one.says]
    limits = [sign * limit for limit in band for sign in (1, -1)]
    title = f"{subject.label}, {visit.name}: cumulative probability of the change"
    reach = [*sample.values.tolist(), *limits, 0.0]
    drawing = Drawing(title, Axis("Cumulative %", 0, 100), axis_over("Change from baseline", reach), lines, limits)
    made = filled_by_arm(rows, subject.arms)
    said = ", ".join(f"{arm} {made[arm]} of {len(sample.of(place))}" for place, arm in enumerate(sample.arms))
    notes = (f"{used}. Not observed: {said}.", *(["Dashed: the smallest detectable change."] if limits else []))
    name = f"{subject.param}_{visit.name}_cumulative"
    return Figure(drawn(drawing), Table(name, title, (ARM, *POINT), data, notes))


def mean_changes(subject: Subject, visits: Sequence[Visit]) -> Figure:
    """The mean change with its 95 % interval by visit and arm."""
    data = list(_means(subject, visits))
    places = {visit.name: at for at, visit in enumerate(visits, start=1)}
    lines = []
    for number, arm in enumerate(subject.arms.names):
        own = [row for row in data if row["arm"] == arm]
        shift = (number - (len(subject.arms.names) - 1) / 2) * 0.06
        x = [0.0, *(places[str(row["visit"])] + shift for row in own)]
        y = [0.0, *(_number(row, "mean") for row in own)]
        limits = [(0.0, 0.0), *((_number(row, "lower"), _number(row, "upper")) for row in own)]
        lines.append(Line(arm, x, y, limits, marks=True))
    names = ((0.0, "Baseline"), *((float(at), name) for name, at in places.items()))
    reach = [end for line in lines for pair in line.limits for end in pair]
    title = f"{subject.label}: mean change from baseline with 95 % interval"
    axis = Axis("Visit", -0.3, len(places) + 0.3, names)
    drawing = Drawing(title, axis, axis_over("Mean change from baseline", [*reach, 0.0]), lines)
    columns = (VISIT, USED, ARM, N, FILLED_SHARE, Column("mean", "Mean"), *LIMITS)
    return Figure(drawn(drawing), Table(f"{subject.param}_mean_change", title, columns, data))


def _means(subject: Subject, visits: Sequence[Visit]) -> Iterator[Row]:
    for visit in visits:
        used, rows = visit.uses[0]
        sample, made = changes_of(rows, subject.arms), filled_by_arm(rows, subject.arms)
        for place, arm in enumerate(sample.arms):
            found = summary(sample.of(place))
            numbers: Row = {"mean": found.mean, "lower": found.lower, "upper": found.upper}
            about: Row = {"visit": visit.name, "used": used, "arm": arm, "n": found.n}
            yield {**about, "filled_share": made[arm] / found.n, **numbers}


def _number(row: Row, key: str) -> float:
    found = row[key]
    return found if isinstance(found, float) else 0.0
