"""Many cases at once give what each gives alone: trigger, deciding readers, numbers and pairs."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from instruments import get
from instruments.change import change
from instruments.missing import get_rule
from scoring.consensus.discordance import Series, choose_for_cases, choose_readers, compare_cases, compare_readers
from scoring.consensus.panel import Panel
from scoring.consensus.results import numbers_of, numbers_of_reads
from scoring.endpoint.films import pairs_of, pairs_of_cases, params_of

SVDH, PAIRED = get("svdh"), get_rule("paired-proportional", limit=0.2)


def cases(count: int) -> list[list[Series]]:
    """Cases of three readers and three films, many sites missing, some totals with them."""
    rng = np.random.default_rng(7)
    values = rng.integers(0, 3, (count, 3, 3, len(SVDH.items))).astype(float)
    share = rng.choice([0.0, 0.05, 0.3], (count, 3, 3, 1))
    values[rng.random(values.shape) < share] = np.nan
    operated = np.isnan(values) & (rng.random(values.shape) < 0.3)
    return [
        [Series(reader, case[reader], lost[reader]) for reader in range(3)]
        for case, lost in zip(values, operated, strict=True)
    ]


def largest_apart(first: Series, second: Series) -> Fraction | None:
    """The largest difference of two readers' changes, pair of films by pair of films."""
    found = []
    for one, other in combinations(range(3), 2):
        pair = [
            change(
                SVDH, each.values[[one]], each.values[[other]], PAIRED, (each.operated[[one]], each.operated[[other]])
            )
            for each in (first, second)
        ]
        mine, others = (each.row(0).overall.fraction for each in pair)
        if mine is not None and others is not None:
            found.append(abs(mine - others))
    return max(found, default=None)


def test_the_trigger_of_many_cases_is_that_of_each_pair_of_films_whichever_reader_comes_first() -> None:
    every, threshold = cases(40), Fraction(9)
    pairs = [case[:2] for case in every]
    together = compare_cases(SVDH, pairs, PAIRED, threshold, third_read=True)
    assert together == compare_cases(SVDH, [pair[::-1] for pair in pairs], PAIRED, threshold, third_read=True)
    assert together == [compare_readers(SVDH, pair, PAIRED, threshold, third_read=True) for pair in pairs]
    assert [one.largest for one in together] == [largest_apart(*pair) for pair in pairs]
    assert {one.is_discordant for one in together} == {True, False}
    assert {bool(one.one_sided) for one in together} == {True, False}
    assert any(one.largest is not None and one.largest.denominator > 1 for one in together)


@pytest.mark.parametrize("rule", ["two-closest", "mean-of-all", "adjudicator-replaces"])
def test_the_readers_who_decide_many_cases_are_those_of_each(rule: str) -> None:
    every = cases(40)
    together = choose_for_cases(SVDH, every, result_rule=rule, missing_rule=PAIRED, interval=(0, 2))
    alone = [
        choose_readers(SVDH, case, result_rule=rule, missing_rule=PAIRED, interval=(0, 2), adjudicator=2)
        for case in every
    ]
    assert together == alone
    assert rule != "two-closest" or len(set(together)) == 4


def test_a_tie_or_too_few_known_changes_keeps_all_three_readers() -> None:
    film = np.zeros((2, len(SVDH.items)))
    changed = [film.copy() for _ in range(3)]
    for points, values in enumerate(changed):
        values[1, 0] = points
    readers = [Series(place, values, np.zeros(values.shape, dtype=bool)) for place, values in enumerate(changed)]
    unknown = [Series(one.reader, np.full(film.shape, np.nan), one.operated) for one in readers]
    mixed = [readers[0], *unknown[1:]]
    chosen = choose_for_cases(SVDH, [readers, mixed], result_rule="two-closest", missing_rule=PAIRED, interval=(0, 1))
    assert chosen == [(0, 1, 2), (0, 1, 2)]


def test_the_pairs_of_many_cases_are_those_of_each_whoever_decides() -> None:
    deciding = [(0,), (0, 1), (0, 1, 2)]
    every = [Panel(tuple(case), deciding[number % 3]) for number, case in enumerate(cases(30))]
    together = pairs_of_cases(SVDH, every, PAIRED, 0, params_of(SVDH))
    assert together == [pairs_of(SVDH, panel, PAIRED, 0) for panel in every]
    found = [pair["total"] for pairs in together for pair in pairs]
    assert {pair.value is None for pair in found} == {True, False}
    assert all(bool(pair.reason) == (pair.value is None) for pair in found)


def test_the_numbers_of_several_reads_are_those_of_each() -> None:
    reads = [one for case in cases(5) for one in case]
    assert numbers_of_reads(SVDH, reads, PAIRED) == [numbers_of(SVDH, one, PAIRED) for one in reads]
