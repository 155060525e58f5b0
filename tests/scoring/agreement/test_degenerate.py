"""Degenerate input gives a defined result with a reason: never a traceback, a warning or a bare NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.agreement.bland_altman import bland_altman
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.concordance import ccc
from scoring.agreement.detectable import sdc, sdc_pooled, sdd_change, sdd_status, sem
from scoring.agreement.disagreement import disagreement_index
from scoring.agreement.icc import icc_all
from scoring.agreement.kappa import agreement
from scoring.agreement.pools import one_way_icc, reader_pool
from scoring.agreement.probability import cumulative_probability
from scoring.agreement.progressors import progressor_agreement
from scoring.agreement.report import Cube, report
from scoring.agreement.results import Estimate

NAN, INF = float("nan"), float("inf")
BOOTSTRAP = Bootstrap(60)
TABLES: dict[str, Any] = {
    "no subjects": np.zeros((0, 2)),
    "one subject": [[1, 2]],
    "one reader": [[1], [2], [3]],
    "all missing": [[NAN, NAN], [NAN, NAN]],
    "one complete subject": [[1, 2], [NAN, 3], [4, NAN]],
    "no variance at all": [[3, 3], [3, 3], [3, 3]],
    "no variance between subjects": [[1, 2], [1, 2], [1, 2]],
    "perfect agreement": [[1, 1], [2, 2], [5, 5]],
    "a constant difference": [[1, 2], [2, 3], [5, 6]],
    "one reader constant": [[1, 0], [2, 0], [5, 0]],
    "an infinity": [[1, 2], [INF, 3], [4, 5]],
    "a number too large to square": [[1, 2], [1e200, 3], [4, 5]],
    "very large with little variance": [[1e9, 1e9 + 1], [1e9 + 2, 1e9], [1e9, 1e9]],
    "decimals that do not cancel": [[0.1, 0.3], [0.2, 0.4], [0.7, 0.9]],
    "two subjects": [[0, 1], [1, 0]],
}


def everything(table: Any) -> list[Any]:
    values = np.asarray(table, dtype=float)
    found: list[Any] = [*icc_all(values), sem(values), sdd_status(values), sdd_change(values), sdc(values)]
    found += [
        sdc_pooled(np.stack([values, values], axis=1), bootstrap=BOOTSTRAP),
        one_way_icc(values, bootstrap=BOOTSTRAP),
    ]
    found += [progressor_agreement(values, 0.5, bootstrap=BOOTSTRAP), *cumulative_probability(values[:, 0])]
    found += [*disagreement_index(values, values[:, 0], 1)]
    if values.shape[1] > 1:
        first, second = values[:, 0], values[:, 1]
        found += [bland_altman(first, second), ccc(first, second), agreement(first, second, bootstrap=BOOTSTRAP)]
    subjects, readers = np.indices(values.shape)
    found.append(
        reader_pool(subjects.ravel().tolist(), readers.ravel().tolist(), values.ravel().tolist(), bootstrap=BOOTSTRAP)
    )
    return found


def estimates(found: Any) -> Iterator[Estimate]:
    if isinstance(found, Estimate):
        yield found
    elif isinstance(found, tuple | list):
        for part in found:
            yield from estimates(part)
    elif is_dataclass(found):
        for field in fields(found):
            yield from estimates(getattr(found, field.name))


def sound(one: Estimate) -> bool:
    """Numbers finite, in order, and a reason whenever the value is missing."""
    numbers = [part for part in (one.value, one.lower, one.upper) if part is not None]
    ordered = one.lower is None or one.upper is None or one.lower <= one.upper
    return all(math.isfinite(part) for part in numbers) and ordered and (one.value is not None or bool(one.reason))


@pytest.mark.parametrize("name", TABLES)
def test_every_statistic_is_defined_or_says_why_not(name: str) -> None:
    for one in estimates(everything(TABLES[name])):
        assert sound(one), one


@pytest.mark.parametrize("name", TABLES)
def test_the_report_of_degenerate_ratings_is_valid_json(name: str) -> None:
    values = np.asarray(TABLES[name], dtype=float)
    readers = tuple("ABC"[: values.shape[1]])
    single = report(Cube(values[:, None, :], ("",), readers), bootstrap=BOOTSTRAP)
    double = report(
        Cube(np.stack([values, np.where(np.isnan(values), np.nan, 1.0)], axis=1), ("0", "24"), readers),
        bootstrap=BOOTSTRAP,
    )
    for found in (single, double):
        assert json.loads(json.dumps(found, allow_nan=False))["sdc"]["coverage"] == 0.95


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda readers: st.lists(
            st.lists(
                st.sampled_from([0.0, 0.0, 1.0, 2.0, 5.0, 0.1, 1e9, NAN, INF]), min_size=readers, max_size=readers
            ),
            min_size=1,
            max_size=7,
        )
    )
)
def test_no_small_table_of_any_kind_breaks_a_statistic(table: list[list[float]]) -> None:
    for one in estimates(everything(table)):
        assert sound(one), one


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_the_subjects_changes_not_one_bit(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = np.round(generator.normal(20, 9, (int(generator.integers(3, 30)), 3)), 2)
    shuffled = values[generator.permutation(len(values))]
    one, other = (list(estimates(everything(table)[:-5])) for table in (values, shuffled))
    assert one == other
    assert bland_altman(values[:, 0], values[:, 1]) == bland_altman(shuffled[:, 0], shuffled[:, 1])
    assert ccc(values[:, 0], values[:, 1]) == ccc(shuffled[:, 0], shuffled[:, 1])
    assert sdc_pooled(values[:, None], bootstrap=BOOTSTRAP) == sdc_pooled(shuffled[:, None], bootstrap=BOOTSTRAP)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = np.random.default_rng(1).integers(0, 3, (40, 2))
    found = [agreement(values[:, 0], values[:, 1], bootstrap=Bootstrap(100, seed)).linear for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert (found[0].lower, found[0].upper) != (found[2].lower, found[2].upper)


def test_the_reason_says_what_was_wrong() -> None:
    reasons = {name: icc_all(TABLES[name])[1].estimate.reason for name in TABLES}
    assert reasons["one subject"] == "needs at least 2 subjects rated by every reader; found 1"
    assert reasons["one reader"] == "needs at least 2 readers; found 1"
    assert reasons["all missing"] == "needs at least 2 subjects rated by every reader; found 0"
    assert reasons["an infinity"] == "1 value is infinite or beyond 1e50"
    assert reasons["no variance between subjects"] == "no variance between subjects"
    assert reasons["perfect agreement"] == "no residual error between readers: there is no interval"
    assert reasons["decimals that do not cancel"] == "no residual error between readers: there is no interval"
    assert icc_all(TABLES["very large with little variance"])[0].estimate.reason == ""
