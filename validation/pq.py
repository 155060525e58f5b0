"""Performance qualification: a trial of 20 subjects from films to a lock, with totals known beforehand."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from audit.findings import Report
from audit.verify import verify
from audit.verify_files import check_files
from rehearsal.trial.design import Design
from rehearsal.trial.design_file import find_design
from rehearsal.trial.run import RehearsalPlan
from rehearsal.whole.playing import Row, play
from scoring.models import Dataset, DatasetStatus
from studies.models import Film
from validation.checks import CheckResult, Deviation, Say, check, demand, run_checks

SUBJECTS, SEED, MOST_MINUTES = 20, 1, 25
DESIGN = "ra-beam"
# Readers without error, so that every planted change must come back exactly.
ERRORS = ("slips", "drift", "seen", "fatigue", "lean", "misjudged", "invented", "missing", "lost")
NO_ERRORS: dict[str, Any] = dict.fromkeys(ERRORS, 0.0)


@dataclass
class PlayedTrial:
    """The trial that was played: what was planted and what came back, and how long it took."""

    folder: Path
    say: Say
    rows: list[Row] = field(default_factory=list)
    minutes: float = 0.0


def without_error(design: Design) -> Design:
    """The design with readers who make no error; films are absent and subjects rescued as it says."""
    readers = replace(design.readers, **NO_ERRORS)
    return replace(design, readers=readers, visits=tuple(replace(visit, sdc=0.0) for visit in design.visits))


@check(
    "R-29",
    "R-46",
    "R-50",
    name="a whole trial",
    does=f"Plays a trial of {SUBJECTS} subjects: films, desk, reading by three readers, results, dataset, lock.",
    expects=f"It reaches its lock within {MOST_MINUTES} minutes, and the dataset verifies against the signed root",
)
def whole_trial(world: PlayedTrial) -> str:
    began = time.monotonic()
    plan = RehearsalPlan(without_error(find_design(DESIGN)), SUBJECTS, SEED, 1)
    world.rows = play(plan, world.folder / "trial", world.say)
    world.minutes = (time.monotonic() - began) / 60
    dataset = Dataset.objects.get()
    faults = [] if dataset.status == DatasetStatus.LOCKED else [f"the dataset is {dataset.get_status_display()}"]
    faults += [f"it took {world.minutes:.1f} minutes"] if world.minutes > MOST_MINUTES else []
    return demand(faults, f"locked after {world.minutes:.1f} minutes, root {dataset.root}")


@check(
    "R-43",
    name="every total",
    does="Compares the change of each subject at each visit in the locked dataset with the change that was planted.",
    expects="Each observed change equals the planted one exactly, and each that was carried is marked as such",
)
def totals(world: PlayedTrial) -> str:
    if not world.rows:
        raise Deviation("there is no row to compare")
    return compared_totals(world.rows)


def compared_totals(rows: list[Row]) -> str:
    """What was seen of the totals; Deviation names each that differs."""
    observed = [row for row in rows if not row["origin"]]
    wrong = [row for row in observed if Fraction(str(row["returned"])) != row["true"]]
    faults = [f"{row['subject']} {row['visit']}: planted {row['true']}, returned {row['returned']}" for row in wrong]
    faults += [] if len(observed) >= SUBJECTS else [f"only {len(observed)} changes were observed"]
    origins = Counter(str(row["origin"] or "observed") for row in rows)
    said = ", ".join(f"{count} {name}" for name, count in sorted(origins.items()))
    return demand(faults, f"{len(observed)} observed changes as planted ({said})")


@check(
    "R-39",
    name="every film",
    does="Compares the films that were sent with those that are stored and were shown to readers.",
    expects="Each film sent became a reader image",
)
def films(world: PlayedTrial) -> str:
    found = Counter(Film.objects.values_list("status", flat=True))
    faults = [f"{count} films are {status}" for status, count in sorted(found.items()) if status != "ready"]
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


def run_pq(folder: Path, say: Say) -> list[CheckResult]:
    """Plays the trial and compares it with what was planted."""
    return run_checks(CHECKS, PlayedTrial(folder, say), say)
