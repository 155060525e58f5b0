"""Runs a whole trial stage by stage; writes the time of each stage and compares the results with the truth."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rehearsal.trial.run import RehearsalPlan, Say
from rehearsal.whole import arms, closing, stages
from rehearsal.whole.planning import Play, prepare

TIMING = "timing.csv"
Row = dict[str, object]
Result = TypeVar("Result")


def play(plan: RehearsalPlan, out: Path, say: Say) -> list[Row]:
    """Runs all stages; timing.csv and returned.csv are written next to the dataset and the report by arm.

    An interrupted run continues with the same folder, and its times are added.
    """
    out.mkdir(parents=True, exist_ok=True)
    took = earlier(out / TIMING)
    one = timed(took, say, "trial, subjects and charter", lambda: prepare(plan, say))
    steps: list[tuple[str, Callable[[], object]]] = [
        ("films sent", lambda: stages.send_films(one)),
        ("films de-identified", lambda: stages.settle(one)),
        ("films accepted at the desk", lambda: stages.pass_the_desk(one)),
        ("reader images", lambda: stages.settle(one)),
        ("leak scan and opening", lambda: stages.open_it(one)),
        ("reads issued and signed, results, third reads, repeats", lambda: stages.read_everything(one)),
        ("closed, events imported", lambda: closing.close(one)),
        ("dataset built", lambda: closing.build(one)),
        ("dataset locked", lambda: closing.lock(one)),
    ]
    by_arm = len(one.design.arms) > 1
    if by_arm:
        steps.insert(0, ("arms sealed", lambda: arms.seal(one)))
    for name, step in steps:
        timed(took, say, name, step)
        write_times(out, took)
    folder = timed(took, say, "dataset verified", lambda: closing.download(one, out))
    if by_arm:
        timed(took, say, "arms opened, report by arm in the product", lambda: arms.open_them(one))
        timed(took, say, "report by arm", lambda: closing.report_by_arm(one, out))
    write_times(out, took)
    rows = returned(one, folder)
    write(out / "returned.csv", rows)
    (out / "facts.json").write_text(json.dumps(facts(one, took), indent=1) + "\n", encoding="utf-8")
    return rows


def timed(took: dict[str, float], say: Say, name: str, step: Callable[[], Result]) -> Result:
    """Runs a stage and records its time."""
    began = time.monotonic()
    found = step()
    took[name] = took.get(name, 0.0) + time.monotonic() - began
    say(f"{name}: {took[name]:.1f} s")
    return found


def earlier(path: Path) -> dict[str, float]:
    """The time that an interrupted run has taken."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {line["stage"]: float(line["seconds"]) for line in csv.DictReader(file)}


def write_times(out: Path, took: dict[str, float]) -> None:
    """The seconds of every stage so far."""
    write(out / TIMING, [{"stage": name, "seconds": round(seconds, 2)} for name, seconds in took.items()])


def returned(one: Play, folder: Path) -> list[Row]:
    """The true change of every subject at every visit with that of analysis.csv."""
    places = {subject.code: at for at, subject in enumerate(one.subjects)}
    codes = list(one.design.codes)
    rows: list[Row] = []
    with (folder / "analysis.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["param"] != "total" or line["avisit"] not in codes:
                continue
            at, column = places[line["subject"]], 1 + codes.index(line["avisit"])
            true = int(one.courses.totals[at, column] - one.courses.totals[at, 0])
            rows.append(
                {"subject": line["subject"], "visit": line["avisit"], "true": true, "returned": line["chg_exact"]}
                | {"origin": line["dtype"], "adjudicated": line["adjudicated"]}
            )
    return rows


def facts(one: Play, took: dict[str, float]) -> Row:
    """The parameters of the run."""
    return {
        "design": one.design.title,
        "subjects": len(one.subjects),
        "seed": one.plan.seed,
        "seconds": round(sum(took.values()), 1),
    }


def write(path: Path, rows: list[Row]) -> None:
    """Rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["subject"])
        writer.writeheader()
        writer.writerows(rows)
