"""The effect of linear extrapolation on mean and SD as more subjects have no film at the second visit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from config.wording import counted
from rehearsal.trial.courses import draw_courses
from rehearsal.trial.design import Arm, Design
from rehearsal.trial.design_file import find_design
from rehearsal.trial.reading import open_room
from rehearsal.trial.results import results_of
from rehearsal.trial.run import RehearsalPlan, Say
from rehearsal.trial.scenarios import plain
from rehearsal.trial.theory import spread
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable, Row

SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.9)
# OSKIRA-1, week 24, 1,000 replicates: mean and SD by share of subjects extrapolated (pubmed 27044884).
PUBLISHED = {
    0.0: (0.36, 2.39),
    0.1: (0.36, 2.65),
    0.2: (0.35, 2.88),
    0.3: (0.35, 3.17),
    0.5: (0.34, 3.57),
    0.9: (0.32, 4.45),
}
STREAM = 99
COLUMNS = (
    ReportColumn("share", "Extrapolated", "percent"),
    ReportColumn("mean", "Mean"),
    ReportColumn("theory_mean", "By theory"),
    ReportColumn("sd", "SD"),
    ReportColumn("theory_sd", "By theory"),
    ReportColumn("ratio", "SD relative to complete data"),
)
PUBLISHED_COLUMNS = (
    ReportColumn("published_mean", "OSKIRA-1: mean"),
    ReportColumn("published_sd", "SD"),
    ReportColumn("published_ratio", "relative to complete data"),
)


def inflation(plan: RehearsalPlan, say: Say) -> ReportTable:
    """Mean and SD of the change at the second visit over the first arm's course, with theory.

    Beside the design of OSKIRA-1, what it published.
    """
    rows: list[Row] = []
    published = plan.design == find_design("oskira-1")
    for number, share in enumerate(SHARES):
        design = lost(plan.design, share)
        found = [one_trial(design, plan, (plan.seed, STREAM, number, at)) for at in range(plan.replicates)]
        mean, sd = np.mean(found, axis=0)
        theory = expected(design, share)
        row: Row = {"share": share, "mean": float(mean), "theory_mean": theory[0]}
        row |= {"sd": float(sd), "theory_sd": theory[1]}
        if published:
            row |= dict(zip(("published_mean", "published_sd"), PUBLISHED[share], strict=True))
        rows.append(row)
        say(f"extrapolation of {share:.0%}: {counted(plan.replicates, 'replicate')}")
    for row in rows:
        row["ratio"] = ratio(row["sd"], rows[0]["sd"])
        if published:
            row["published_ratio"] = ratio(row["published_sd"], rows[0]["published_sd"])
    return table(plan.design, rows, COLUMNS + PUBLISHED_COLUMNS if published else COLUMNS)


def ratio(one: object, other: object) -> float:
    return float(str(one)) / float(str(other))


def lost(design: Design, share: float) -> Design:
    """The plain design with only the first arm, a share of which has no films after the first visit."""
    first = replace(design.arms[0], rescued=share, rescue_week=design.visits[0].week, switch_week=0)
    return replace(plain(design), arms=(first,), after_event=1.0)


def one_trial(design: Design, plan: RehearsalPlan, seed: tuple[int, ...]) -> tuple[float, float]:
    """Mean and SD of the change at the second visit."""
    rng = np.random.default_rng(seed)
    results = results_of(open_room(design, draw_courses(design, plan.subjects, rng, plan.people), rng), rng)
    changes = results.change[:, 1]
    return float(changes.mean()), float(changes.std(ddof=1))


def expected(design: Design, share: float) -> tuple[float, float]:
    """Mean and SD of a mixture: observed changes, and changes at the first visit times the ratio of the days."""
    arm: Arm = design.arms[0]
    first, second = design.visits[:2]
    times = second.day / first.day
    parts = [(1 - share, arm.change[second.code], spread(design, arm, second))]
    parts.append((share, times * arm.change[first.code], times * spread(design, arm, first)))
    mean = sum(weight * one for weight, one, _ in parts)
    square = sum(weight * (sd**2 + one**2) for weight, one, sd in parts)
    return mean, math.sqrt(square - mean**2)


def table(design: Design, rows: list[Row], columns: tuple[ReportColumn, ...]) -> ReportTable:
    """The rows as a table."""
    first, second = design.visits[:2]
    title = f"Extrapolation from {first.code} to {second.code}, arm {design.arms[0].name}"
    note = "The mean is unbiased if the true course is linear; the error of the early change is multiplied as well."
    return ReportTable("extrapolation", title, columns, rows, (note,))
