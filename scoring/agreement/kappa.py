"""Kappa of two readers, unweighted, linear and quadratic, PABAK, and positive agreement; per joint over many joints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from scoring.agreement.bootstrap import Bootstrap, resampled_counts, with_bootstrap
from scoring.agreement.ratings import Matrix, ratings_of
from scoring.agreement.results import Estimate, estimate

WEIGHTS = ("unweighted", "linear", "quadratic")
EXACT_BINOMIAL = "exact binomial (Clopper and Pearson)"
MOST_CATEGORIES = 60


@dataclass(frozen=True)
class Agreement:
    """Two readers on one scale of grades: all statistics, and the number of subjects that are not zero for both."""

    unweighted: Estimate
    linear: Estimate
    quadratic: Estimate
    agreement: Estimate
    pabak: Estimate
    positive: Estimate
    n_nonzero: int


@dataclass(frozen=True, eq=False)
class RatingTable:
    """Cells with any subject: grade by the first and the second reader, and the count."""

    grades: Matrix
    first: npt.NDArray[np.intp]
    second: npt.NDArray[np.intp]
    counts: Matrix
    blank: Estimate


def kappa(
    first: npt.ArrayLike, second: npt.ArrayLike, weights: str = "unweighted", *, bootstrap: Bootstrap | None = None
) -> Estimate:
    """Cohen's kappa, 1 - sum w_ij p_ij / sum w_ij p_i. p_.j, range up to 1.

    Disagreement w_ij between grades i and j: 1 (unweighted), |i - j| (linear) or (i - j)^2 (quadratic), by the grades
    themselves, so that an unused grade still counts as a step. Pairs with a missing value are left out and counted;
    undefined when one reader gave the same grade throughout. Cohen J, Educ Psychol Meas 1960;20:37,
    doi:10.1177/001316446002000104; Psychol Bull 1968;70:213, doi:10.1037/h0026256.

    >>> round(kappa([0, 0, 1, 2, 2], [0, 1, 1, 2, 1], "linear").value, 4)
    0.5455
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights: {weights!r} was given; allowed: {', '.join(WEIGHTS)}")
    table = table_of(first, second)
    return kappas(table, replicates_of(table, bootstrap), bootstrap, (weights,))[0]


def agreement(
    first: npt.ArrayLike, second: npt.ArrayLike, *, bootstrap: Bootstrap | None = None, stream: int = 0
) -> Agreement:
    """All statistics for one joint, or for one yes-or-no classification.

    agreement: share of subjects with the same grade. pabak = 2 p - 1 with p the agreement on zero or not
    (Byrt T, Bishop J, Carlin JB, J Clin Epidemiol 1993;46:423, doi:10.1016/0895-4356(93)90018-V).
    positive = 2 a / (2 a + b + c), a both above zero, b and c one of them
    (Cicchetti DV, Feinstein AR, J Clin Epidemiol 1990;43:551, doi:10.1016/0895-4356(90)90159-M).
    """
    table = table_of(first, second)
    sample = replicates_of(table, bootstrap, stream)
    unweighted, linear, quadratic = kappas(table, sample, bootstrap, WEIGHTS)
    return Agreement(
        unweighted,
        linear,
        quadratic,
        share_agreed(table, "agreement", table.grades[table.first] == table.grades[table.second]),
        pabak_of(table),
        positive_agreement(table, sample, bootstrap),
        int(table.counts[either_above_zero(table)].sum()),
    )


def joint_agreement(
    first: npt.ArrayLike, second: npt.ArrayLike, *, bootstrap: Bootstrap | None = None
) -> tuple[Agreement, ...]:
    """One `Agreement` per joint: both arguments are subjects x joints; each joint draws its own replicates."""
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    joints = range(one.shape[1])
    return tuple(agreement(one[:, at], other[:, at], bootstrap=bootstrap, stream=at) for at in joints)


def table_of(first: npt.ArrayLike, second: npt.ArrayLike) -> RatingTable:
    ratings = ratings_of(np.column_stack([np.ravel(first), np.ravel(second)]), least_subjects=1)
    blank = Estimate("", None, None, None, ratings.n, 2, reason=ratings.reason, dropped=ratings.dropped)
    values = np.empty((0, 2)) if ratings.reason else ratings.values
    grades, codes = np.unique(values, return_inverse=True)
    if len(grades) > MOST_CATEGORIES:
        blank = replace(blank, reason=f"{len(grades)} different values: not a scale of grades")
        values, grades, codes = np.empty((0, 2)), grades[:0], codes[:0]
    pairs = codes.reshape(-1, 2)
    cells, counts = np.unique(pairs[:, 0] * len(grades) + pairs[:, 1], return_counts=True)
    return RatingTable(grades, *np.divmod(cells, max(len(grades), 1)), counts.astype(np.float64), blank)


def replicates_of(table: RatingTable, bootstrap: Bootstrap | None, stream: int = 0) -> Matrix | None:
    if bootstrap is None or table.blank.reason or len(table.counts) < 2:
        return None
    return resampled_counts(table.counts, bootstrap, stream)


def kappas(
    table: RatingTable, sample: Matrix | None, bootstrap: Bootstrap | None, kinds: tuple[str, ...]
) -> tuple[Estimate, ...]:
    """Kappa by each kind of weights; shared sums are computed once."""
    blanks = [replace(table.blank, name=f"kappa, {weights}") for weights in kinds]
    if table.blank.reason:
        return tuple(blanks)
    if len(set(table.first)) == 1 or len(set(table.second)) == 1:
        return tuple(replace(blank, reason="undefined: one reader gave the same grade throughout") for blank in blanks)
    points = kappa_values(table, table.counts[None], kinds)
    found = [estimate(blank, float(point[0])) for blank, point in zip(blanks, points, strict=True)]
    if sample is None or bootstrap is None:
        return tuple(found)
    replicates = kappa_values(table, sample, kinds)
    return tuple(with_bootstrap(one, own, bootstrap) for one, own in zip(found, replicates, strict=True))


def kappa_values(table: RatingTable, counts: Matrix, kinds: tuple[str, ...]) -> list[Matrix]:
    """Kappa of each row of counts (rows x cells) by each kind; NaN where a reader is constant."""
    by_first, by_second = (counts @ into(codes, len(table.grades)) for codes in (table.first, table.second))
    n = counts[0].sum()
    varies = (by_first.max(axis=1) < n) & (by_second.max(axis=1) < n)
    found = []
    for weights in kinds:
        apart = disagreement(table.grades, weights)
        seen = (counts @ apart[table.first, table.second]) * n
        expected = ((by_first @ apart) * by_second).sum(axis=1)
        usable = varies & (expected > 0)
        found.append(1 - np.divide(seen, expected, out=np.full(len(counts), np.nan), where=usable))
    return found


def into(codes: npt.NDArray[np.intp], grades: int) -> Matrix:
    """Cells x grades of zeros and ones."""
    marks: Matrix = (codes[:, None] == np.arange(grades)).astype(np.float64)
    return marks


def disagreement(grades: Matrix, weights: str) -> Matrix:
    distance = np.abs(grades[:, None] - grades[None, :])
    if weights == "unweighted":
        return (distance > 0).astype(np.float64)
    return distance if weights == "linear" else distance**2


def either_above_zero(table: RatingTable) -> npt.NDArray[np.bool_]:
    return (table.grades[table.first] > 0) | (table.grades[table.second] > 0)


def both_above_zero(table: RatingTable) -> npt.NDArray[np.bool_]:
    return (table.grades[table.first] > 0) & (table.grades[table.second] > 0)


def share_agreed(table: RatingTable, name: str, agreed: npt.NDArray[np.bool_]) -> Estimate:
    blank = replace(table.blank, name=name)
    if blank.reason:
        return blank
    return share(int(table.counts[agreed].sum()), blank)


def share(count: int, blank: Estimate) -> Estimate:
    """count / n with the exact binomial interval."""
    n, tail = blank.n, (1 - blank.level) / 2
    if n == 0:
        return replace(blank, reason="no subject")
    lower = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    upper = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return replace(blank, value=count / n).with_limits(lower, upper, EXACT_BINOMIAL)


def pabak_of(table: RatingTable) -> Estimate:
    found = share_agreed(table, "PABAK", both_above_zero(table) | ~either_above_zero(table))
    if found.value is None or found.lower is None or found.upper is None:
        return found
    return replace(found, value=2 * found.value - 1, lower=2 * found.lower - 1, upper=2 * found.upper - 1)


def positive_agreement(table: RatingTable, sample: Matrix | None, bootstrap: Bootstrap | None) -> Estimate:
    blank = replace(table.blank, name="positive agreement")
    if blank.reason:
        return blank
    both, either = both_above_zero(table), either_above_zero(table)
    if not either.any():
        return replace(blank, reason="zero for both readers in every subject")
    found = replace(blank, value=float(positives(table.counts[None], both, either)[0]))
    if sample is None or bootstrap is None:
        return found
    return with_bootstrap(found, positives(sample, both, either), bootstrap)


def positives(counts: Matrix, both: npt.NDArray[np.bool_], either: npt.NDArray[np.bool_]) -> Matrix:
    """2a / (2a + b + c) of each row of counts, NaN where no grade is above zero."""
    above, any_above = counts[:, both].sum(axis=1), counts[:, either].sum(axis=1)
    found: Matrix = np.divide(2 * above, above + any_above, out=np.full(len(counts), np.nan), where=any_above > 0)
    return found
