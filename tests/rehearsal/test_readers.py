"""Simulated readers: allowed values, the same each time, errors of the published size."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from instruments import KEYS, get
from rehearsal.course import course
from rehearsal.readers import ReaderProfile, Values, read_film_set
from rehearsal.truth import true_value

ONE, TWO = ReaderProfile("one"), ReaderProfile("two", lean=0.5)
FAULTLESS = ReaderProfile("faultless", slips=0, judgement=0, unseen=0)
CASES = range(300)


def total(values: Values) -> int:
    return sum(value or 0 for value in values.values())


@lru_cache(maxsize=1)
def read_totals() -> tuple[np.ndarray, np.ndarray]:
    """True totals (case, visit) and those of two readers (case, reader, visit)."""
    cases = [course(case, (0, 24)) for case in CASES]
    true = np.array([[truth.total() for truth in case] for case in cases])
    read = np.array(
        [
            [[total(v) for v in read_film_set(case, who, seed)] for who in (ONE, TWO)]
            for seed, case in zip(CASES, cases, strict=True)
        ]
    )
    return true, read


@pytest.mark.parametrize("key", KEYS)
def test_every_value_is_one_the_instrument_allows(key: str) -> None:
    instrument = get(key)
    for case in range(10):
        for values in read_film_set(course(case, (0, 24, 52)), ONE, case, instrument=key):
            assert list(values) == [item.key for item in instrument.items]
            assert all(values[item.key] in item.allowed for item in instrument.items)


@pytest.mark.parametrize("key", KEYS)
def test_a_faultless_reader_reads_what_is_true(key: str) -> None:
    for case in range(10):
        truths = course(case, (0, 52))
        for truth, values in zip(truths, read_film_set(truths, FAULTLESS, case, instrument=key), strict=True):
            assert values == {item.key: true_value(truth, item) for item in get(key).items}


def test_the_same_reader_reads_the_same_case_alike_and_another_does_not() -> None:
    truths = course(8, (0, 24, 52))
    assert read_film_set(truths, ONE, 8) == read_film_set(truths, ONE, 8)
    assert read_film_set(truths, ONE, 8) != read_film_set(truths, TWO, 8)


def test_the_error_of_a_readers_change_has_the_published_spread() -> None:
    true, read = read_totals()
    errors = (read[:, :, 1] - read[:, :, 0]) - (true[:, 1] - true[:, 0])[:, None]
    for spread in errors.std(axis=0, ddof=1):
        assert 0.75 < spread < 1.15


def test_the_smallest_detectable_change_is_that_of_a_trial() -> None:
    _, read = read_totals()
    changes = read[:, :, 1] - read[:, :, 0]
    spread = (changes[:, 0] - changes[:, 1]).std(ddof=1)
    assert 0.95 < 0.98 * spread < 1.45


def test_status_is_read_reliably_and_a_reader_who_leans_up_scores_more() -> None:
    _, read = read_totals()
    first = read[:, :, 0]
    assert np.corrcoef(first.T)[0, 1] > 0.95
    assert first[:, 1].mean() > first[:, 0].mean()


def test_most_joints_are_read_as_undamaged() -> None:
    values = [v for case in range(60) for v in read_film_set(course(case, (0,)), ONE, case)[0].values()]
    assert np.mean(np.array(values) == 0) > 0.7


def test_a_misjudged_site_is_misjudged_on_every_film_of_the_case() -> None:
    steady = ReaderProfile("steady", slips=0, unseen=0)
    for case in range(30):
        truth = course(case, (0,))[0]
        first, second = read_film_set((truth, truth), steady, case)
        assert first == second


def test_sites_that_cannot_be_assessed_have_no_value() -> None:
    values = read_film_set(course(3, (0, 24)), ReaderProfile("one", not_assessable=0.1), 3)
    missing = [{key for key, value in film.items() if value is None} for film in values]
    assert missing[0] == missing[1]
    assert 1 <= len(missing[0]) < 25
