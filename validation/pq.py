"""Performance qualification: a trial of 20 subjects from films to a lock, with totals known beforehand."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from audit.findings import Report
from audit.verify import verify
from audit.verify_files import check_files
from config.wording import counted
from rehearsal.trial.courses import draw_courses
from rehearsal.trial.design import Design
from rehearsal.trial.design_file import find_design
from rehearsal.trial.run import RehearsalPlan
from rehearsal.whole.planning import CODE
from rehearsal.whole.playing import Row, play
from scoring.models import Dataset, DatasetStatus
from studies.models import Film, Subject
from validation.checks import CheckResult, Keep, Say, check, demand, run_checks

SUBJECTS, SEED, MOST_MINUTES = 20, 1, 25
DESIGN = "ra-beam"
# Readers without error, so that every planted change must be returned exactly.
ERRORS = ("slips", "drift", "seen", "fatigue", "lean", "misjudged", "invented", "missing", "lost")
PlantedChanges = dict[tuple[str, str], int | None]
NO_ERRORS: dict[str, Any] = dict.fromkeys(ERRORS, 0.0)


@dataclass
class PlayedTrial:
    """The completed trial: planted and returned values, and its duration."""

    folder: Path
    say: Say
    rows: list[Row] = field(default_factory=list)
    planted: PlantedChanges = field(default_factory=dict)
    minutes: float = 0.0


def without_error(design: Design) -> Design:
    """The design with readers who make no errors; absent films and rescues are as in the design."""
    readers = replace(design.readers, **NO_ERRORS)
    return replace(design, readers=readers, visits=tuple(replace(visit, sdc=0.0) for visit in design.visits))


@check(
    "R-29",
    "R-46",
    "R-50",
    name="a whole trial",
    does=f"Runs a trial of {SUBJECTS} subjects: films, desk, reading by three readers, results, dataset, lock.",
    expects=f"It reaches its lock within {MOST_MINUTES} minutes, and the dataset verifies against the signed root",
)
def whole_trial(world: PlayedTrial) -> str:
    began = time.monotonic()
    plan = RehearsalPlan(without_error(find_design(DESIGN)), SUBJECTS, SEED, 1)
    world.rows = play(plan, world.folder / "trial", world.say)
    world.minutes = (time.monotonic() - began) / 60
    world.planted = planted_changes(plan)
    dataset = Dataset.objects.get()
    faults = [] if dataset.status == DatasetStatus.LOCKED else [f"the dataset is {dataset.get_status_display()}"]
    faults += [f"it took {world.minutes:.1f} minutes"] if world.minutes > MOST_MINUTES else []
    return demand(faults, f"locked after {world.minutes:.1f} minutes, root {dataset.root}")


@check(
    "R-43",
    name="every total",
    does="Compares the change of each subject at each visit in the locked dataset with the change that was planted.",
    expects=(
        "One row for each subject and visit; with a film, the change that was planted, exactly and as observed; without"
        " one, or after a rescue, no observed change"
    ),
)
def totals(world: PlayedTrial) -> str:
    return demand(faults_of_totals(world.rows, world.planted), seen_of_totals(world.rows))


def planted_changes(plan: RehearsalPlan) -> PlantedChanges:
    """The change of each subject at each visit; None without a film and after a rescue, where a rule replaces it."""
    courses = draw_courses(plan.design, plan.subjects, np.random.default_rng((plan.seed, 0)), plan.people)
    found: PlantedChanges = {}
    for code in Subject.objects.filter(trial__code=CODE).values_list("code", flat=True):
        at = int(code.rpartition("-")[2])
        for column, visit in enumerate(plan.design.codes, start=1):
            rescued = not courses.switched[at] and courses.event_week[at] < courses.weeks[at, column]
            change = int(courses.totals[at, column] - courses.totals[at, 0])
            found[code, visit] = change if courses.present[at, column] and not rescued else None
    return found


def faults_of_totals(rows: list[Row], planted: PlantedChanges) -> Iterator[str]:
    """Each subject and visit that is missing, duplicated, or different from the planted value."""
    if len(planted) != SUBJECTS * len(find_design(DESIGN).codes):
        yield f"{counted(len(planted), 'change was', 'changes were')} planted"
    count = Counter((str(row["subject"]), str(row["visit"])) for row in rows)
    for pair in sorted(planted.keys() | count.keys()):
        if count[pair] != (pair in planted):
            yield f"{' '.join(pair)}: {counted(count[pair], 'row')}"
    for row in rows:
        wanted, where = planted.get((str(row["subject"]), str(row["visit"]))), f"{row['subject']} {row['visit']}"
        observed = not row["origin"] and row["returned"] != ""
        if wanted is None and observed:
            yield f"{where}: returned {row['returned']} as observed, and there was no film to observe it on"
        elif wanted is not None and not (observed and Fraction(str(row["returned"])) == wanted):
            yield f"{where}: planted {wanted}, returned {row['returned']} ({row['origin'] or 'observed'})"


def seen_of_totals(rows: list[Row]) -> str:
    """The number of changes by origin."""
    origins = Counter(str(row["origin"] or ("observed" if row["returned"] != "" else "missing")) for row in rows)
    return f"as planted: {', '.join(f'{count} {name}' for name, count in sorted(origins.items()))}"


@check(
    "R-39",
    name="every film",
    does="Compares the films that were sent with those that are stored and were shown to readers.",
    expects="Each film sent became a reader image",
)
def films(world: PlayedTrial) -> str:
    found = Counter(Film.objects.values_list("status", flat=True))
    faults = [
        f"{counted(count, 'film is', 'films are')} {status}"
        for status, count in sorted(found.items())
        if status != "ready"
    ]
    return demand(faults if found else ["no film arrived"], f"{found['ready']} films, all ready")


@check(
    "R-01",
    "R-35",
    name="the trail of the whole trial",
    does="Verifies chains, regulated and tracked rows, and every stored file.",
    expects="Nothing altered, missing or unrecorded",
)
def trail(world: PlayedTrial) -> str:
    report: Report = verify(in_time=False)
    check_files(report, world.folder / "files.json")
    seen = f"{report.events:,} events, {report.rows:,} rows, {report.files:,} records with files: intact"
    return demand([f"{finding.fault}: {finding}" for finding in report.findings[:20]], seen)


CHECKS = (whole_trial, totals, films, trail)


def run_pq(folder: Path, say: Say, keep: Keep) -> list[CheckResult]:
    """Runs the trial and compares it with the planted values."""
    return run_checks(CHECKS, PlayedTrial(folder, say), say, keep)
