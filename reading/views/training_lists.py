"""A training's figures as lists: each target, each joint, and how far the reader is from the reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

import instruments
from config.cells import Badge, Column, Number
from config.listing import Listing
from instruments.definition import Item
from reading.charter.versions import terms_of
from reading.models import TrainingResult

TARGET_NAMES = {
    "status": "ICC of status",
    "change": "ICC of change",
    "sdc": "SDC",
    "kappa": "Lowest weighted kappa of a joint",
}


@dataclass(frozen=True)
class TrainingFigure:
    """One figure of a completed training, with its target."""

    result: TrainingResult
    name: str
    row: dict[str, Any]


def training_tables(request: HttpRequest, results: Iterable[TrainingResult], *, own: bool) -> dict[str, Listing]:
    """The lists of these trainings; `own` names the campaign instead of the reader."""
    every = list(results)
    who = Column("training", "Training", training_name) if own else Column("reader", "Reader", "result.reader", "who")
    return {
        "summary": summary_table(request, every, own),
        "targets": figures_table(request, [one for result in every for one in targets_of(result)], who, "targets"),
        "joints": figures_table(request, [one for result in every for one in joints_of(result)], who, "joints"),
    }


def training_name(row: TrainingFigure) -> str:
    """The training campaign as named for its reader."""
    return f"{row.result.campaign.trial.code}, {row.result.campaign.title}"


def targets_of(result: TrainingResult) -> list[TrainingFigure]:
    """The four figures that may have a target; of kappa, the joint that decides."""
    figures = dict(result.figures)
    if figures["kappa"]["value"] is not None:
        name = next(name_of(item) for item in items_of(result) if item.key == figures["kappa"]["joint"])
        figures["kappa"] = {**figures["kappa"], "reason": f"{name}; n is the number of joints"}
    return [TrainingFigure(result, name, figures[key]) for key, name in TARGET_NAMES.items()]


def joints_of(result: TrainingResult) -> list[TrainingFigure]:
    """Kappa of each joint, in the order of the instrument."""
    return [TrainingFigure(result, name_of(item), result.figures["joints"][item.key]) for item in items_of(result)]


def items_of(result: TrainingResult) -> tuple[Item, ...]:
    """The items of the training's instrument."""
    return instruments.get(terms_of(result.campaign.charter).instrument).items


def name_of(item: Item) -> str:
    """Side, joint and feature."""
    return f"{item.place}, {item.feature}"


def figures_table(request: HttpRequest, rows: list[TrainingFigure], who: Column, name: str) -> Listing:
    """A row per figure: its value with n and interval, the target, and whether it was met."""
    captions = {"targets": "Statistics and targets", "joints": "Weighted kappa of each joint"}
    columns = [
        who,
        Column("taken", "Completed", "result.taken_at", "taken"),
        Column("figure", "Statistic" if name == "targets" else "Joint", "name", "figure"),
        Column("value", "Value", lambda one: number(one.row["value"]), "value"),
        Column("lower", "95 % from", lambda one: number(one.row["lower"])),
        Column("upper", "95 % to", lambda one: number(one.row["upper"])),
        Column("n", "n", lambda one: one.row["n"], "n"),
        Column("target", "Target", in_words),
        Column("met", "Met", met_badge),
        Column("note", "Note", lambda one: one.row["reason"]),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name=f"training-{name}",
        caption=captions[name],
        prefix=name,
        search=["figure"],
        empty="No training has been completed yet.",
    )


def number(value: float | None) -> Number | None:
    """The number to three decimal places."""
    return None if value is None else Number(value, 3)


def in_words(row: TrainingFigure) -> str:
    """The target as a limit; empty without one."""
    if row.row["target"] is None:
        return ""
    return f"{'at most' if row.name == TARGET_NAMES['sdc'] else 'at least'} {row.row['target']:g}"


def met_badge(row: TrainingFigure) -> Badge | str:
    """Whether the target was met."""
    if row.row["met"] is None:
        return ""
    return Badge("met", "Met", "good") if row.row["met"] else Badge("missed", "Not met", "waiting")


def summary_table(request: HttpRequest, rows: list[TrainingResult], own: bool) -> Listing:
    """A row per completed training."""
    who = Column("training", "Training", lambda row: f"{row.campaign.trial.code}, {row.campaign.title}", "training")
    columns = [
        who if own else Column("reader", "Reader", "reader", "reader"),
        Column("taken", "Completed", "taken_at", "taken"),
        Column("result", "Result", lambda row: "Passed" if row.passed else "Not passed", "result"),
        Column("cases", "Cases", lambda row: row.figures["cases"], "cases"),
        Column("status_bias", "Bias of status", lambda row: number(row.figures["status_bias"])),
        Column("change_bias", "Bias of change", lambda row: number(row.figures["change_bias"])),
        Column("same", "Same grade", lambda row: number(row.figures["same"])),
        Column("within_one", "Within one grade", lambda row: number(row.figures["within_one"])),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name="training-results",
        caption="Completed training",
        prefix="summary",
        empty="No training has been completed yet.",
    )
