"""The leak scan's arithmetic: known values, exact permutation p, leaks of every shape found, chance left alone."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from reading.leak_scan.statistics import (
    FeatureFinding,
    FilmPlaces,
    Numbers,
    Places,
    auc_of,
    concordance,
    holm,
    least_p,
    prepare,
    scan,
    share_of,
)


def trial(cases: int, timepoints: int = 2, views: int = 4) -> FilmPlaces:
    """So many cases with every film."""
    grid = np.meshgrid(np.arange(cases), np.arange(views), np.arange(timepoints), indexing="ij")
    case, series, place = (part.ravel().astype(np.int64) for part in grid)
    return FilmPlaces(case, series, place)


def one(films: FilmPlaces, values: Numbers) -> FeatureFinding:
    return scan(films, {"it": values})[0]


def test_the_auc_is_that_of_hanley_and_mcneil() -> None:
    """Radiology 1982;143:29, table I: 58 normal and 51 abnormal CT images rated 1 to 5; area 0.893."""
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    ratings = np.concatenate([np.repeat(np.arange(1.0, 6), normal), np.repeat(np.arange(1.0, 6), abnormal)])
    truth = np.repeat([0.0, 1.0], [58, 51])
    first, second = (part.ravel() for part in np.meshgrid(np.arange(58), np.arange(58, 109)))
    assert round(concordance(ratings, (first, second), truth), 3) == 0.893


def test_the_auc_of_a_small_trial_is_what_a_person_counts() -> None:
    """Pairs in order: yes, no, tie: (1 + 0 + 1/2) / 3."""
    pairs = (np.array([0, 2, 4]), np.array([1, 3, 5]))
    scores, order = np.array([1.0, 2, 2, 1, 3, 3]), np.array([0.0, 1, 0, 1, 0, 1])
    assert concordance(scores, pairs, order) == 0.5
    assert concordance(scores[:4], (pairs[0][:2], pairs[1][:2]), order[:4]) == 0.5
    assert concordance(scores, (np.array([0, 4]), np.array([1, 5])), order) == 0.75


def test_the_permutation_p_comes_near_the_exact_one() -> None:
    """Four cases of two timepoints have 16 orders: every AUC can be had, and counted."""
    films = trial(4, 2, views=1)
    values = np.array([1.0, 2, 1, 2, 1, 2, 2, 1])
    ready = prepare(films, values)
    assert ready is not None
    share = share_of(films)

    def best(order: Numbers) -> float:
        return max(auc_of(ready, way, order) for way in ready.views)

    exact = [best(np.array([x for turned in turns for x in ((1, 0) if turned else (0, 1))], dtype=np.float64))
             for turns in product((False, True), repeat=4)]  # fmt: skip
    found = one(films, values)
    assert found.auc == best(share)
    assert found.p == pytest.approx(np.mean(np.array(exact) >= found.auc - 1e-12), abs=0.05)


def matrix(films: FilmPlaces, rng: np.random.Generator) -> Numbers:
    """Follow-up films come from another detector."""
    return np.where(films.place > 0, 2048.0, 1760.0)


def drift(films: FilmPlaces, rng: np.random.Generator) -> Numbers:
    """Every hospital has its own grey, and each grows darker with time."""
    own = 100 * rng.normal(size=int(films.case.max()) + 1)
    return np.asarray(own[films.case] - films.place + rng.normal(0, 0.3, len(films.case)), dtype=np.float64)


def rare(films: FilmPlaces, rng: np.random.Generator) -> Numbers:
    """One marker in three, on last films only."""
    last = films.place == films.place.max()
    return np.where(last & (rng.random(len(films.case)) < 0.33), 1.0, 0.0)


@pytest.mark.parametrize("leak", [matrix, drift, rare])
def test_a_feature_that_reveals_the_order_warns(leak: object) -> None:
    films = trial(30, 3)
    found = one(films, leak(films, np.random.default_rng(1)))  # type: ignore[operator]
    assert found.warns
    assert found.p <= 0.002
    assert found.auc > found.null[1]


def test_a_feature_that_reveals_the_patient_but_not_the_order_does_not_warn() -> None:
    films, rng = trial(30, 3), np.random.default_rng(2)
    of_the_case = rng.normal(size=30)[films.case]
    features = {
        "site": of_the_case,
        "noise": rng.normal(size=len(films.case)),
        "both": of_the_case + rng.normal(0, 0.1, len(films.case)),
        "view": films.series.astype(np.float64),
    }
    assert [found.feature for found in scan(films, features) if found.warns] == []


def test_what_is_the_same_on_all_films_says_nothing() -> None:
    films = trial(10)
    found = one(films, np.full(len(films.case), 2048.0))
    assert (found.auc, found.p, found.way, found.warns) == (0.5, 1.0, "", False)
    unknown = one(films, np.full(len(films.case), np.nan))
    assert (unknown.films, unknown.warns) == (0, False)


def test_films_that_are_missing_or_unknown_are_left_out() -> None:
    films = trial(20, 3)
    kept: Places = np.flatnonzero((films.case + films.series + films.place) % 7 != 0)
    films = FilmPlaces(films.case[kept], films.series[kept], films.place[kept])
    values = films.place.astype(np.float64)
    values[::5] = np.nan
    found = one(films, values)
    assert found.films == np.isfinite(values).sum()
    assert found.warns
    assert found.auc == 1.0


def test_the_same_films_give_the_same_findings() -> None:
    films = trial(12, 3)
    values = np.random.default_rng(3).normal(size=len(films.case))
    assert one(films, values) == one(films, values)


def test_six_cases_warn_of_a_striking_leak_and_two_of_nothing() -> None:
    assert least_p(trial(6)) == 2 / 64
    assert one(trial(6), trial(6).place.astype(np.float64)).warns
    assert not one(trial(2), trial(2).place.astype(np.float64)).warns


def test_holm_is_that_of_the_textbook() -> None:
    """R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.full
def test_chance_warns_in_about_one_trial_in_twenty_at_most() -> None:
    warned = 0
    for seed in range(100):
        films, rng = trial(15, 3, views=2), np.random.default_rng(seed)
        features = {str(number): rng.normal(size=len(films.case)) for number in range(5)}
        warned += any(found.warns for found in scan(films, features))
    assert warned <= 12, "5 expected; more than 12 happens once in a thousand"
