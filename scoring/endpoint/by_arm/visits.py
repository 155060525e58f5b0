"""The visits of a parameter, and the sample of each: all values, and observed values alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.endpoint.by_arm.analysis_rows import FILLED, AnalysisRow, NoProgression
from scoring.endpoint.by_arm.arms_list import Arms
from scoring.endpoint.by_arm.sample import Sample
from scoring.plain_files.lines import natural

EVERY, OBSERVED_ONLY, OBSERVED = "Observed and extrapolated", "Observed only", "Observed"


@dataclass(frozen=True, eq=False)
class AnalysisVisit:
    """The rows of one parameter at one analysis visit, in the order of subjects."""

    param: str
    name: str
    number: float
    rows: tuple[AnalysisRow, ...]

    @property
    def is_baseline(self) -> bool:
        """Whether no row has a change from something else."""
        return all(row.chg is None or row.aval == row.base for row in self.rows)

    @property
    def criteria(self) -> tuple[NoProgression, ...]:
        """Every criterion of the visit, in the order of the file."""
        return tuple(dict.fromkeys(criterion for row in self.rows for criterion in row.flags))

    @property
    def uses(self) -> tuple[tuple[str, tuple[AnalysisRow, ...]], ...]:
        """The rows with a change, all beside the observed alone; once where all are observed."""
        every = tuple(row for row in self.rows if row.chg is not None)
        observed = tuple(row for row in every if row.origin not in FILLED)
        return ((OBSERVED, every),) if len(every) == len(observed) else ((EVERY, every), (OBSERVED_ONLY, observed))


def visits_of(rows: Iterable[AnalysisRow]) -> dict[str, list[AnalysisVisit]]:
    """The visits of every parameter, baseline included, in the order of their numbers; total first."""
    found: dict[tuple[str, float, str], list[AnalysisRow]] = {}
    for row in sorted(rows, key=lambda one: natural(one.subject)):
        found.setdefault((row.param, row.avisitn, row.avisit), []).append(row)
    by_param: dict[str, list[AnalysisVisit]] = {}
    for (param, number, name), own in sorted(found.items(), key=lambda one: (rank(one[0][0]), one[0])):
        by_param.setdefault(param, []).extend(
            AnalysisVisit(param, part, number, kept) for part, kept in parts(name, own)
        )
    return by_param


def rank(param: str) -> int:
    """Totals before features."""
    return 0 if param.lower() in {"mtss", "total"} or "larsen" in param.lower() else 1


def parts(name: str, rows: list[AnalysisRow]) -> Iterator[tuple[str, tuple[AnalysisRow, ...]]]:
    """One visit, whichever baseline each value belongs to; where a subject has several values, one for each baseline.

    A value that was extrapolated, or whose film is of another visit, names the baseline of that film.
    """
    if len({row.subject for row in rows}) == len(rows):
        yield name, tuple(rows)
        return
    for basetype in sorted({row.basetype for row in rows}):
        yield f"{name} ({basetype})", tuple(row for row in rows if row.basetype == basetype)


def later(visits: Sequence[AnalysisVisit]) -> list[AnalysisVisit]:
    """The visits with a change."""
    first = min(visit.number for visit in visits)
    return [visit for visit in visits if not (visit.number == first and visit.is_baseline)]


def sample_of(rows: Sequence[AnalysisRow], arms: Arms, values: Sequence[float | None]) -> Sample:
    """The rows as a sample of these values."""
    return Sample(
        arms.names,
        np.array([arms.names.index(arms.of[row.subject]) for row in rows], dtype=np.int_),
        np.array([np.nan if value is None else value for value in values], dtype=np.float64),
        np.array([np.nan if row.status_base is None else row.status_base for row in rows], dtype=np.float64),
        tuple(arms.levels[row.subject] for row in rows),
    )


def changes_of(rows: Sequence[AnalysisRow], arms: Arms) -> Sample:
    """The changes of the rows as a sample."""
    return sample_of(rows, arms, [row.chg for row in rows])


def filled_by_arm(rows: Iterable[AnalysisRow], arms: Arms) -> Mapping[str, int]:
    """How many values of each arm were not observed."""
    found = dict.fromkeys(arms.names, 0)
    for row in rows:
        found[arms.of[row.subject]] += row.origin in FILLED
    return found
