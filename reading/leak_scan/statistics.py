"""Whether anything a reader could see predicts the true order. Pure arithmetic on numbers of films; numpy only.

docs/algorithms/leak-scan.md describes the method: cross-validated AUC over pairs of one case, permutation within case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

PERMUTATIONS = 999
FOLDS = 5
BINS = 8
SHRINK = 2.0
ALPHA = 0.05
STRIKING = 0.9
SEED = 20261


@dataclass(frozen=True)
class FilmPlaces:
    """One row per film: its case, its series (films of a view, which are compared), its place in true order from 0."""

    case: Places
    series: Places
    place: Places


@dataclass(frozen=True)
class FeatureFinding:
    """The finding for one feature. `way` is the better predictor of the order: the value or its difference in the case.

    `p` is the permutation p, `adjusted` after Holm over the features that vary; `null` the range of 95 % of the
    permuted AUCs. A finding `warns` when it reveals the order.
    """

    feature: str
    films: int
    cases: int
    auc: float
    way: str
    p: float
    adjusted: float
    null: tuple[float, float]
    warns: bool


@dataclass(frozen=True)
class Prepared:
    """A feature ready to be scored against any order: rows, the pairs within case and series, binned views."""

    case: Places
    point: Places
    share: Numbers
    pairs: tuple[Places, Places]
    fold: Places
    views: dict[str, Places]


def scan(
    films: FilmPlaces, features: Mapping[str, Numbers], progress: Callable[[int, int], None] = lambda done, total: None
) -> list[FeatureFinding]:
    """Each feature's finding, in the order given. The same films give the same findings."""
    tested = []
    for done, (name, values) in enumerate(features.items()):
        progress(done, len(features))
        tested.append(try_feature(name, films, np.asarray(values, dtype=np.float64)))
    adjusted = holm([one.p for one in tested if not is_constant(one)])
    coarse = least_p(films) * max(len(adjusted), 1) > ALPHA
    after = iter(adjusted)
    return [judged(one, 1.0 if is_constant(one) else next(after), coarse) for one in tested]


def is_constant(finding: FeatureFinding) -> bool:
    """Whether the feature cannot be tested: it does not vary, or there is no pair to compare."""
    return finding.way == ""


def judged(finding: FeatureFinding, adjusted: float, coarse: bool) -> FeatureFinding:
    """The finding with its adjusted p and warning. With too few cases for a small adjusted p, a high AUC suffices."""
    warns = adjusted <= ALPHA or (coarse and finding.p <= ALPHA and finding.auc >= STRIKING)
    return FeatureFinding(**{**vars(finding), "adjusted": adjusted, "warns": warns})


def try_feature(name: str, films: FilmPlaces, values: Numbers) -> FeatureFinding:
    """AUC and permutation p of one feature; films with an unknown value are left out."""
    known = np.isfinite(values)
    kept = FilmPlaces(films.case[known], films.series[known], films.place[known])
    cases = len(np.unique(kept.case))
    ready = prepare(kept, values[known])
    if ready is None:
        return FeatureFinding(name, int(known.sum()), cases, 0.5, "", 1.0, 1.0, (0.5, 0.5), False)
    observed = {way: auc_of(ready, way, ready.share) for way in ready.views}
    way = max(observed, key=lambda one: observed[one])
    null = permuted_aucs(ready)
    p = float((1 + np.sum(null >= observed[way] - 1e-12)) / (1 + len(null)))
    low, high = np.quantile(null, (0.025, 0.975))
    return FeatureFinding(name, int(known.sum()), cases, observed[way], way, p, p, (float(low), float(high)), False)


def prepare(films: FilmPlaces, values: Numbers) -> Prepared | None:
    """Everything that does not depend on the order; None if nothing varies or nothing can be compared."""
    point = np.unique(np.stack((films.case, films.place)), axis=1, return_inverse=True)[1].ravel()
    group = np.unique(np.stack((films.case, films.series)), axis=1, return_inverse=True)[1].ravel()
    pairs = pairs_within(group)
    if not len(pairs[0]) or len(np.unique(values)) < 2:
        return None
    centred = values - (np.bincount(group, values) / np.bincount(group))[group]
    views = {"value": binned(values), "difference": binned(centred)}
    return Prepared(films.case, point, share_of(films), pairs, folds_of(films.case), views)


def share_of(films: FilmPlaces) -> Numbers:
    """Each film's place in its case from 0 (the first timepoint) to 1 (the last)."""
    cases, index = np.unique(films.case, return_inverse=True)
    last = np.zeros(len(cases), dtype=np.int64)
    np.maximum.at(last, index, films.place)
    return np.asarray(films.place / np.maximum(last, 1)[index], dtype=np.float64)


def pairs_within(group: Places) -> tuple[Places, Places]:
    """Every pair of rows of one group, once."""
    order = np.argsort(group, kind="stable")
    first, second = [], []
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        one, other = np.triu_indices(len(rows), k=1)
        first.append(rows[one])
        second.append(rows[other])
    return np.concatenate(first), np.concatenate(second)


def binned(values: Numbers) -> Places:
    """Bins: each value its own when there are few, else by quantiles. Labels are not used."""
    distinct, index = np.unique(np.round(values, 9), return_inverse=True)
    if len(distinct) <= BINS:
        return np.asarray(index.ravel(), dtype=np.int64)
    edges = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(np.unique(edges), values, side="right")


def folds_of(case: Places) -> Places:
    """Whole cases into folds, in an arbitrary order; few cases are left out one by one."""
    cases, index = np.unique(case, return_inverse=True)
    count = FOLDS if len(cases) >= 2 * FOLDS else len(cases)
    drawn = np.random.default_rng(SEED).permutation(len(cases)) % count
    return np.asarray(drawn[index.ravel()], dtype=np.int64)


def auc_of(ready: Prepared, way: str, share: Numbers) -> float:
    """Share of pairs that a rule learnt from the other cases puts in the right order; ties count one half."""
    return concordance(held_out_scores(ready.views[way], ready.fold, share), ready.pairs, share)


def held_out_scores(bins: Places, fold: Places, share: Numbers) -> Numbers:
    """For each film the mean place of its bin in the other folds, drawn towards the middle when films are few."""
    width, folds = int(bins.max()) + 1, int(fold.max()) + 1
    cell = fold * width + bins
    sums = np.bincount(cell, share, folds * width).reshape(folds, width)
    counts = np.bincount(cell, minlength=folds * width).reshape(folds, width)
    others_sum, others = sums.sum(axis=0) - sums, counts.sum(axis=0) - counts
    scores = (others_sum + SHRINK / 2) / (others + SHRINK)
    return np.asarray(np.round(scores, 12).ravel()[cell], dtype=np.float64)


def concordance(scores: Numbers, pairs: tuple[Places, Places], order: Numbers) -> float:
    """AUC over pairs: 1/2 + mean(sign of the scores' difference x sign of the order's) / 2. 0.5 without any pair.

    Over all pairs of a diseased and a healthy film this is the area under the ROC curve (Hanley and McNeil 1982).
    """
    first, second = pairs
    later = np.sign(order[second] - order[first])
    counted = later != 0
    if not counted.any():
        return 0.5
    agree = np.sign(scores[second] - scores[first]) * later
    return float(0.5 + agree[counted].mean() / 2)


def permuted_aucs(ready: Prepared) -> Numbers:
    """The larger of the two predictors' AUCs under random orders within each case, the same for all its series."""
    points = int(ready.point.max()) + 1
    share = np.zeros(points)
    share[ready.point] = ready.share
    owner = np.zeros(points, dtype=np.int64)
    owner[ready.point] = ready.case
    rng, found = np.random.default_rng(SEED), np.empty(PERMUTATIONS)
    for number in range(PERMUTATIONS):
        drawn = np.lexsort((rng.random(points), owner))
        order = share[drawn][ready.point]
        found[number] = max(auc_of(ready, way, order) for way in ready.views)
    return found


def holm(p: list[float]) -> list[float]:
    """Holm's adjusted p values, in the order given."""
    order = np.argsort(p, kind="stable")
    adjusted, largest = np.ones(len(p)), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = largest
    return [float(value) for value in adjusted]


def least_p(films: FilmPlaces) -> float:
    """The smallest p that these cases can give: two of all orders within case are perfect, forwards and backwards."""
    orders = 1.0
    for case in np.unique(films.case):
        orders *= factorial(min(len(np.unique(films.place[films.case == case])), 20))
        if orders > 1e9:
            break
    return max(2 / orders, 1 / (PERMUTATIONS + 1))


def as_json(finding: FeatureFinding) -> dict[str, Any]:
    """A finding as it is stored."""
    return {**vars(finding), "null": list(finding.null)}
