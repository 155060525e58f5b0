"""Times totals and agreement of a whole trial, and a plain Python sum of the same data: bin/bench scoring.

Prints a table, and then one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

import instruments
from instruments.change import change_series
from instruments.layout import layout_of
from instruments.missing import get_rule
from instruments.totals import score
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.disagreement import disagreement_index
from scoring.agreement.kappa import joint_agreement
from scoring.agreement.probability import cumulative_probability
from scoring.agreement.report import Cube, report

SUBJECTS, VISITS, READERS, REPLICATES = 1300, 4, 3, 2000
SVDH = instruments.get("svdh")
RULE = get_rule()
LIMITS = {"totals": 0.1, "agreement": 10.0}
Grades = npt.NDArray[np.float64]


def simulated(subjects: int, seed: int = 20261122) -> Grades:
    """Grades as subjects x visits x readers x items: mostly zero, growing slowly, similar between readers."""
    generator = np.random.default_rng(seed)
    largest = np.array([max(item.allowed) for item in SVDH.items])
    burden = generator.gamma(0.6, 0.6, (subjects, 1, 1, 1)) * (1 + 0.1 * np.arange(VISITS).reshape(1, -1, 1, 1))
    site = generator.gamma(0.5, 1.5, (subjects, 1, 1, len(largest)))
    seen = burden * site + generator.normal(0, 0.35, (subjects, VISITS, READERS, len(largest)))
    grades = np.clip(np.floor(seen), 0, largest)
    grades[generator.random(grades.shape) < 0.002] = np.nan
    return np.asarray(grades, dtype=np.float64)


def timed(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median wall and processor time in seconds; the first run, which warms up, is not counted."""
    work()
    walls, processor = [], []
    for _ in range(repeats):
        wall, used = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - used)
    return statistics.median(walls), statistics.median(processor)


def plain_sums(rows: list[list[float]]) -> list[float]:
    """A plain script: row by row, value by value, missing values left out."""
    totals = []
    for row in rows:
        total = 0.0
        for value in row:
            if value == value:
                total += value
        totals.append(total)
    return totals


def peak(rows: Grades) -> int:
    """Peak memory while scoring, above the input, in bytes."""
    tracemalloc.start()
    score(SVDH, rows, RULE)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held


def whole_agreement(grades: Grades) -> None:
    """Every statistic: totals by feature, every joint of every visit and pair, disagreement, probability."""
    bootstrap = Bootstrap(REPLICATES)
    subjects = len(grades)
    found = score(SVDH, grades.reshape(-1, len(SVDH.items)), RULE)
    for feature in (None, *SVDH.features):
        cube = found.values(feature=feature).reshape(subjects, VISITS, READERS)
        report(Cube(cube, ("0", "24", "52", "104"), ("R1", "R2", "R3")), bootstrap=bootstrap)
        change = cube[:, -1] - cube[:, 0]
        disagreement_index(change, change.mean(axis=1), 5)
        cumulative_probability(change.mean(axis=1))
    for visit in range(VISITS):
        for a, b in combinations(range(READERS), 2):
            joint_agreement(grades[:, visit, a], grades[:, visit, b], bootstrap=bootstrap)


def plain_cells(rows: list[list[float]]) -> list[list[float]]:
    """The same by feature, region and side, still without imputation, limits or reasons."""
    cells = layout_of(SVDH).cell_of_item.tolist()
    totals = []
    for row in rows:
        sums = [0.0] * 8
        for cell, value in zip(cells, row, strict=True):
            if value == value:
                sums[cell] += value
        totals.append(sums)
    return totals


def measured() -> dict[str, Any]:
    grades = simulated(SUBJECTS)
    rows = grades.reshape(-1, len(SVDH.items))
    listed = rows.tolist()
    series = grades.transpose(0, 2, 1, 3).reshape(-1, VISITS, len(SVDH.items))
    work: dict[str, tuple[Callable[[], object], int]] = {
        "plain_python_sum": (lambda: plain_sums(listed), 7),
        "plain_python_sum_by_cell": (lambda: plain_cells(listed), 7),
        "totals": (lambda: score(SVDH, rows, RULE), 11),
        "changes": (lambda: change_series(SVDH, series, RULE), 7),
        "agreement": (lambda: whole_agreement(grades), 1),
    }
    times = {name: timed(*one) for name, one in work.items()}
    return {
        "reads": len(rows),
        "items": len(SVDH.items),
        "incomplete_reads": int(np.isnan(rows).any(axis=1).sum()),
        "replicates": REPLICATES,
        "wall_s": {name: wall for name, (wall, _) in times.items()},
        "processor_s": {name: used for name, (_, used) in times.items()},
        "limits_s": LIMITS,
        "processor_ratio_to_plain_sum": {
            name: used / times["plain_python_sum"][1] for name, (_, used) in times.items()
        },
        "peak_bytes_per_read": {
            str(times): peak(np.tile(rows, (times, 1))) / (times * len(rows)) for times in (1, 2, 4)
        },
    }


NAMES = {
    "plain_python_sum": "plain Python sum, row by row",
    "plain_python_sum_by_cell": "plain Python sum by feature, region, side",
    "totals": "totals: 27 groups, exact, imputed, with reasons",
    "changes": "changes from baseline at three visits",
    "agreement": "all agreement, 2,000 bootstrap replicates",
}


def main() -> None:
    found = measured()
    print(f"{found['reads']} reads of {found['items']} values, {found['incomplete_reads']} with missing values")
    print(f"{'':<50}{'wall s':>10}{'processor s':>13}{'limit s':>9}{'x plain sum':>13}")
    for name, words in NAMES.items():
        limit = LIMITS.get(name, "")
        ratio = found["processor_ratio_to_plain_sum"][name]
        print(f"{words:<50}{found['wall_s'][name]:>10.4f}{found['processor_s'][name]:>13.4f}{limit:>9}{ratio:>13.1f}")
    for times, held in found["peak_bytes_per_read"].items():
        print(f"{f'peak memory of totals, {times} x the reads':<50}{held:>10.0f} bytes per read")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
