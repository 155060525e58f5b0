"""SEM, SDD and SDC by the formulas of the reference, and pools of readers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.detectable import pooled, sdc, sdc_pooled, sdd_change, sdd_status, sem
from scoring.agreement.pools import one_way_icc, reader_pool, sdc_of_pool
from tests.scoring.agreement.published import SHROUT_FLEISS


def simulated_changes(
    n: int = 60, readers: int = 2, seed: int = 5
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    generator = np.random.default_rng(seed)
    return np.asarray(generator.normal(2, 3, (n, 1)) + generator.normal(0, 1, (n, readers)), dtype=np.float64)


def test_two_readers_sdc_is_0_98_of_the_standard_deviation_of_their_differences() -> None:
    changes = simulated_changes()
    spread = float(np.std(changes[:, 0] - changes[:, 1], ddof=1))
    assert sdc(changes).value == pytest.approx(0.98 * spread)
    assert sdc(changes, coverage=0.80).value == pytest.approx(0.64 * spread)
    assert sdc(changes, readers_averaged=1).value == pytest.approx(1.96 * spread / math.sqrt(2))


def test_the_three_detectable_quantities_are_kept_apart() -> None:
    changes = simulated_changes()
    spread = float(np.std(changes[:, 0] - changes[:, 1], ddof=1))
    assert sdd_change(changes).value == pytest.approx(1.96 * spread / math.sqrt(2))
    assert sdd_status(changes).value == sdd_change(changes).value
    assert (sdd_change(changes).value or 0) / (sdc(changes).value or 1) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize(
    ("published", "spread", "one_reader"), [(1.15, 1.173, 0.830), (1.41, 1.439, 1.017), (3.0, 3.06, 2.16)]
)
def test_the_sdcs_of_trials_turned_round(published: float, spread: float, one_reader: float) -> None:
    """RA-BEGIN weeks 24 and 52, and the mean of Navarro-Compan 2014: the s_D and reader error they stand for."""
    two = np.array([[0.0, 1.0], [0.0, -1.0], [0.0, 0.5], [0.0, -0.5]])
    differences = two[:, 0] - two[:, 1]
    scaled = two * spread / np.std(differences, ddof=1)
    assert sdc(scaled).value == pytest.approx(published, abs=2e-3)
    assert sem(scaled).value == pytest.approx(one_reader, abs=5e-3)


def test_eighty_and_ninety_five_per_cent_stand_as_2_to_3() -> None:
    """Navarro-Compan 2014 (PubMed 23606704): mean SDC80 2.0, SDC95 3.0 over 31 intervals."""
    changes = simulated_changes()
    ratio = (sdc(changes, coverage=0.80).value or 0) / (sdc(changes).value or 1)
    assert ratio == pytest.approx(2.0 / 3.0, abs=0.02)


def test_more_than_two_readers_use_the_residual_mean_square() -> None:
    """Shrout and Fleiss: MSE 1.0194, so SEM sqrt(1.0194) and SDC of the mean of four 1.96 sqrt(1.0194)/2."""
    assert sem(SHROUT_FLEISS).value == pytest.approx(math.sqrt(1.0194), abs=5e-5)
    assert sdc(SHROUT_FLEISS).value == pytest.approx(1.96 * math.sqrt(1.0194) / 2, abs=5e-5)


def test_a_constant_difference_between_readers_counts_only_if_asked_for() -> None:
    shifted = simulated_changes() + [0, 10]
    assert sem(shifted).value == pytest.approx(sem(simulated_changes()).value)
    assert (sem(shifted, reader_effect=True).value or 0) > 5


def test_the_interval_of_sdc_covers_what_it_should() -> None:
    true = 1.96 / math.sqrt(2)
    covered = sum(
        (found.lower or 0) <= true <= (found.upper or 0)
        for found in (sdc(simulated_changes(40, seed=seed)) for seed in range(200))
    )
    assert covered >= 180


def test_pooled_over_intervals_is_the_simple_mean_with_an_interval_from_whole_subjects() -> None:
    cube = np.stack([simulated_changes(seed=seed) * scale for seed, scale in ((1, 1.0), (2, 1.5), (3, 2.0))], axis=1)
    each = [sdc(cube[:, at]).value or 0 for at in range(3)]
    found = sdc_pooled(cube, bootstrap=Bootstrap(500))
    assert found.value == pytest.approx(sum(each) / 3)
    assert (found.lower or 9) < (found.value or 0) < (found.upper or 0)


def test_an_interval_without_films_is_left_out_of_the_pool_and_named() -> None:
    cube = np.stack([simulated_changes(), np.full((60, 2), np.nan)], axis=1)
    found = sdc_pooled(cube, bootstrap=Bootstrap(200))
    assert found.value == sdc(cube[:, 0]).value
    assert found.reason == "1 of 2 intervals left out: no value"
    assert pooled([], "SDC").value is None


def test_pools_weigh_each_pair_by_its_degrees_of_freedom() -> None:
    """Pair 1-2 differs by -1, 0, 1 (variance 1, 2 degrees), pair 1-3 by 0, 4 (variance 8, 1): (2 x 1 + 8)/3."""
    rows = [
        ("a", 1, 0),
        ("a", 2, 1),
        ("b", 1, 3),
        ("b", 2, 3),
        ("c", 1, 6),
        ("c", 2, 5),
        ("d", 1, 2),
        ("d", 3, 2),
        ("e", 1, 9),
        ("e", 3, 5),
    ]
    pool = reader_pool(*(list(column) for column in zip(*rows, strict=True)))
    assert pool.difference_sd.value == pytest.approx(math.sqrt(10 / 3))
    assert [(found.readers, found.n, found.degrees) for found in pool.sets] == [((1, 2), 3, 2), ((1, 3), 2, 1)]
    assert sdc_of_pool(pool.difference_sd).value == pytest.approx(0.98 * math.sqrt(10 / 3))


def test_labels_of_readers_and_order_of_rows_change_nothing_in_a_pool() -> None:
    generator = np.random.default_rng(9)
    pairs = [sorted(generator.choice(5, 2, replace=False).tolist()) for _ in range(40)]
    rows = [
        (subject, reader, float(generator.integers(0, 50))) for subject, pair in enumerate(pairs) for reader in pair
    ]
    renamed = [(subject, "zyxwv"[reader], value) for subject, reader, value in rows]
    shuffled = [renamed[at] for at in generator.permutation(len(rows))]
    pools = [
        reader_pool(*(list(column) for column in zip(*data, strict=True)), bootstrap=Bootstrap(200))
        for data in (rows, renamed, shuffled)
    ]
    assert pools[1] == pools[2]
    assert pools[0].difference_sd.value == pytest.approx(pools[1].difference_sd.value, rel=1e-12)
    assert pools[0].icc == pools[1].icc


def test_one_way_icc_of_a_full_table_is_icc_1_1() -> None:
    """Shrout and Fleiss: .1657 (-.1329, .7226)."""
    found = one_way_icc(SHROUT_FLEISS)
    assert (round(found.value or 0, 4), round(found.lower or 0, 4), round(found.upper or 0, 4)) == (
        0.1657,
        -0.1329,
        0.7226,
    )


def test_one_way_icc_takes_subjects_with_unequal_numbers_of_readers() -> None:
    values = np.vstack([SHROUT_FLEISS, SHROUT_FLEISS + 3])
    values[0, 0] = values[5, 2] = np.nan
    found = one_way_icc(values, bootstrap=Bootstrap(400))
    assert found.value is not None
    assert (found.lower or 1) < found.value < (found.upper or 0)
    assert "bootstrap" in found.interval


def test_what_is_no_coverage_and_no_number_of_readers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"coverage: 0\.9 was given; allowed: 0\.95, 0\.8"):
        sdc(simulated_changes(), coverage=0.9)
    with pytest.raises(ValueError, match="readers averaged: 0 was given"):
        sem(simulated_changes(), readers_averaged=0)
