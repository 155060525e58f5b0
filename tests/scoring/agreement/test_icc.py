"""ICC against published figures, against a second way to compute it, and live against R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import f as f_distribution

from scoring.agreement.icc import icc, icc_all
from scoring.agreement.variance import mean_squares
from tests.equal_to_r.running import rows_from_r, run_r
from tests.scoring.agreement.published import ANXIETY, MINI_1, SHROUT_FLEISS, WRIGHT_1

# Points: Shrout and Fleiss 1979, table 4 (.17 .29 .71 .44 .62 .91); limits: psych::ICC(lmer=FALSE) on the same table.
SIX_FORMS = {
    "ICC(1,1)": (0.1657, -0.1329, 0.7226),
    "ICC(2,1)": (0.2898, 0.0188, 0.7611),
    "ICC(3,1)": (0.7148, 0.3425, 0.9459),
    "ICC(1,4)": (0.4428, -0.8844, 0.9124),
    "ICC(2,4)": (0.6201, 0.0711, 0.9272),
    "ICC(3,4)": (0.9093, 0.6757, 0.9859),
}


def test_mean_squares_are_those_shrout_and_fleiss_print() -> None:
    """Table 3: BMS 11.24, WMS 6.26, JMS 32.49, EMS 1.02; here to four decimals."""
    squares = mean_squares(SHROUT_FLEISS)
    found = [round(part, 4) for part in (squares.subjects, squares.within, squares.readers, squares.residual)]
    assert found == [11.2417, 6.2639, 32.4861, 1.0194]


def test_the_six_forms_have_the_published_points_and_intervals() -> None:
    found = {one.form: one.estimate for one in icc_all(SHROUT_FLEISS)}
    assert {form: (round(e.value, 4), round(e.lower, 4), round(e.upper, 4)) for form, e in found.items()} == SIX_FORMS  # type: ignore[arg-type]


def test_the_f_tests_are_the_published_ones() -> None:
    """F 1.79 (5, 18), p .164769; 11.03 (5, 15), p .000135 (psych::ICC on the Shrout and Fleiss table)."""
    first, second = icc(SHROUT_FLEISS, 1), icc(SHROUT_FLEISS, 2)
    assert (round(first.f or 0, 2), round(first.p or 0, 6), first.interval_degrees) == (1.79, 0.164769, 18)
    assert (round(second.f or 0, 2), round(second.p or 0, 6)) == (11.03, 0.000135)


def test_irr_prints_the_same_for_the_anxiety_data() -> None:
    """irr: icc(anxiety, model="twoway", type="agreement")

    ICC(A,1) = 0.198; F(19,39.7) = 1.83, p = 0.0543; 95 %-Confidence Interval -0.039 < ICC < 0.494.
    """
    found = icc(ANXIETY, 2)
    value, lower, upper = found.estimate.value, found.estimate.lower, found.estimate.upper
    assert value == pytest.approx(0.19800, abs=5e-6)
    assert lower == pytest.approx(-0.03891, abs=5e-6)
    assert upper == pytest.approx(0.49357, abs=5e-6)
    assert found.interval_degrees == pytest.approx(39.746, abs=5e-4)
    # irr tests with the degrees of freedom of its interval.
    assert f_distribution.sf(found.f or 0, 19, found.interval_degrees or 0) == pytest.approx(0.0543, abs=5e-5)
    assert round(found.f or 0, 2) == 1.83


def test_icc_of_the_two_peak_flow_meters() -> None:
    """Computed once from McGraw and Wong's formula: .9459 (.8574, .9801)."""
    found = icc(np.column_stack([WRIGHT_1, MINI_1]), 2).estimate
    assert (round(found.value or 0, 4), round(found.lower or 0, 4), round(found.upper or 0, 4)) == (
        0.9459,
        0.8574,
        0.9801,
    )


@pytest.mark.parametrize("seed", range(8))
def test_mean_squares_agree_with_least_squares(seed: int) -> None:
    """A second way: residual sums of squares of nested regressions on indicator columns."""
    generator = np.random.default_rng(seed)
    n, k = int(generator.integers(3, 40)), int(generator.integers(2, 7))
    values = generator.normal(size=(n, k)) + generator.normal(size=(n, 1)) * 2 + generator.normal(size=k)
    rows, columns = (part.ravel() for part in np.indices((n, k)))
    subjects, readers, one = (
        (rows[:, None] == np.arange(n)) * 1.0,
        (columns[:, None] == np.arange(k)) * 1.0,
        np.ones((n * k, 1)),
    )
    rest = {
        name: residual(values.ravel(), design)
        for name, design in {
            "one": one,
            "subjects": subjects,
            "readers": readers,
            "both": np.hstack([subjects, readers]),
        }.items()
    }
    squares = mean_squares(values)
    assert squares.subjects == pytest.approx((rest["one"] - rest["subjects"]) / (n - 1))
    assert squares.readers == pytest.approx((rest["one"] - rest["readers"]) / (k - 1))
    assert squares.residual == pytest.approx(rest["both"] / ((n - 1) * (k - 1)))
    assert squares.within == pytest.approx(rest["subjects"] / (n * (k - 1)))


def residual(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], design: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> float:
    fit = np.linalg.lstsq(design, values, rcond=None)[0]
    return float(((values - design @ fit) ** 2).sum())


def test_missing_cells_leave_subjects_out_and_say_how_many() -> None:
    values = np.vstack([SHROUT_FLEISS, [np.nan, 1, 2, 3], [5, 5, np.nan, 5]])
    found = icc(values, 2).estimate
    assert (found.n, found.dropped) == (6, 2)
    assert found.value == icc(SHROUT_FLEISS, 2).estimate.value


def test_status_and_change_are_the_same_function_of_different_numbers() -> None:
    baseline, later = SHROUT_FLEISS, SHROUT_FLEISS[::-1] + 1
    assert icc(later - baseline, 3).estimate.value != icc(later, 3).estimate.value


def test_negative_estimates_are_kept() -> None:
    found = icc([[1, 3], [2, 2], [3, 2]], 1).estimate
    assert found.value is not None
    assert found.value < 0


def test_an_interval_that_would_not_hold_its_estimate_is_not_given() -> None:
    """Two subjects, a negative estimate: McGraw and Wong's limits both come to -.01664 for an estimate of -.01657."""
    found = icc([[0.1, 2.0, 1.0, 5.0], [1.0, 2.0, 0.0, 5.0]], 2).estimate
    assert (found.lower, found.upper) == (None, None)
    assert found.value == pytest.approx(-0.01657, abs=5e-6)
    assert found.reason == "the approximation gives no interval that contains the estimate"


def test_a_model_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="model: 4 was given; allowed: 1, 2, 3"):
        icc(SHROUT_FLEISS, 4)


@pytest.mark.full
def test_random_matrices_agree_with_psych_icc_run_live(tmp_path: Path) -> None:
    """60 random tables of 3 to 200 subjects and 2 to 6 readers, to 1e-6, with the R call below."""
    tables = [random_table(seed) for seed in range(60)]
    for number, table in enumerate(tables):
        np.savetxt(tmp_path / f"{number}.csv", table, delimiter=",", fmt="%.17g")
    run_r(tmp_path, R_CALL, str(len(tables)))
    rows = rows_from_r(tmp_path / "found.csv")
    worst = 0.0
    for number, table in enumerate(tables):
        ours = icc_all(table)
        theirs = rows[6 * number : 6 * number + 6]
        for one, row in zip(ours, theirs, strict=True):
            pairs = (
                (one.estimate.value, "ICC"),
                (one.estimate.lower, "lower bound"),
                (one.estimate.upper, "upper bound"),
                (one.p, "p"),
            )
            worst = max([worst, *(abs(own - float(row[name])) for own, name in pairs if own is not None)])
            assert one.estimate.value is not None
            assert one.estimate.lower is not None, f"table {number}, {one.form}: R says {row['lower bound']}"
    assert worst < 1e-6


R_CALL = """
library(psych)
n <- as.integer(commandArgs(trailingOnly = TRUE)[1])
found <- NULL
for (i in 0:(n - 1)) {
  x <- as.matrix(read.csv(paste0(i, ".csv"), header = FALSE))
  r <- ICC(x, lmer = FALSE)$results
  found <- rbind(found, r[c("Single_raters_absolute", "Single_random_raters", "Single_fixed_raters",
    "Average_raters_absolute", "Average_random_raters", "Average_fixed_raters"), ])
}
options(digits = 17)
write.csv(format(found, digits = 17, trim = TRUE), "found.csv", quote = FALSE)
"""


def random_table(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    generator = np.random.default_rng(seed)
    n, k = int(generator.integers(3, 201)), int(generator.integers(2, 7))
    subjects, readers = (
        generator.normal(size=(n, 1)) * generator.uniform(0.5, 5),
        generator.normal(size=k) * generator.uniform(0, 2),
    )
    values = 20 + 10 * (subjects + readers + generator.normal(size=(n, k)))
    return np.asarray(np.round(values, int(generator.integers(0, 4))), dtype=np.float64)
