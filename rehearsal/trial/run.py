"""Runs the replicates of every scenario and stacks their results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields

import numpy as np

from config.wording import counted
from rehearsal.trial.courses import PEOPLE, Numbers
from rehearsal.trial.design import Design
from rehearsal.trial.replicate import Replicate, replicate
from rehearsal.trial.scenarios import SCENARIOS

Say = Callable[[str], object]
SHARE = 25


@dataclass(frozen=True)
class RehearsalPlan:
    """The parameters of a rehearsal: design, subjects per trial, seed, replicates, scenarios, processes."""

    design: Design
    subjects: int
    seed: int
    replicates: int
    scenarios: Sequence[str] = tuple(SCENARIOS)
    processes: int = 1
    people: int = PEOPLE


@dataclass(frozen=True, eq=False)
class Returned:
    """The replicates of one scenario: as in `Replicate`, each with a first axis of replicates."""

    scenario: str
    design: Design
    arms: Numbers
    differences: Numbers
    agreement: Numbers
    third: Numbers
    above: Numbers
    repeats: Numbers
    true: Numbers


def run(plan: RehearsalPlan, say: Say) -> dict[str, Returned]:
    """Every scenario's replicates; reports progress occasionally."""
    return {name: run_scenario(plan, name, say) for name in plan.scenarios}


def run_scenario(plan: RehearsalPlan, name: str, say: Say) -> Returned:
    """The replicates of one scenario; none depends on their number or on the number of processes."""
    design, done = SCENARIOS[name](plan.design), []
    number = list(SCENARIOS).index(name)
    jobs = [(design, plan.subjects, (plan.seed, number, at), plan.people) for at in range(plan.replicates)]
    for found in carried(jobs, plan.processes):
        done.append(found)
        if len(done) % SHARE == 0 or len(done) == len(jobs):
            say(f"{name}: {len(done)} of {counted(len(jobs), 'replicate')}")
    return Returned(name, design, **stacked(done))


def carried(jobs: Sequence[tuple[Design, int, tuple[int, ...], int]], processes: int) -> Iterator[Replicate]:
    """The jobs in order, in this process or in several."""
    if processes == 1:
        yield from (replicate(*job) for job in jobs)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(replicate, *zip(*jobs, strict=True), chunksize=5)


def stacked(done: Sequence[Replicate]) -> Mapping[str, Numbers]:
    return {one.name: np.array([getattr(found, one.name) for found in done]) for one in fields(Replicate)}
