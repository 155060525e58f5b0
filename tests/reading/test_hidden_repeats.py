"""Nothing that a reader sees around a case tells whether it is a repeat: simulated campaigns, a held-out classifier."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest

from reading.issuing.allocation import allocate
from reading.issuing.presentations import draw_queue, draw_repeats
from reading.issuing.randomisation import Draw
from reading.issuing.release import FEWEST_UNREAD, Stock, choose_repeats, hidden, places_for_repeats, rate_of

WASHOUT = 28


@dataclass(frozen=True)
class CampaignPlan:
    """A campaign as its charter and its coordinator run it."""

    cases: int
    share: float
    size: int
    readers: int = 4
    every: int = 7


PLANS = {
    "a batch a week": CampaignPlan(cases=240, share=0.1, size=16),
    "all that may go out at once": CampaignPlan(cases=200, share=0.2, size=200),
    "two readers": CampaignPlan(cases=160, share=0.15, size=10, readers=2),
    "many repeats": CampaignPlan(cases=240, share=0.33, size=24),
}


@dataclass
class Simulated:
    """A campaign without a database, by the functions that draw the real one."""

    plan: CampaignPlan
    seed: int

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.timepoints = [self.chance.choice((2, 3, 4)) for _ in range(self.plan.cases)]
        self.wanted = dict.fromkeys(range(self.plan.cases), 2)
        self.signed: dict[tuple[int, int], int] = {}
        self.drawn: set[tuple[int, int]] = set()
        self.batches = 0
        self.shown: list[tuple[bool, list[float]]] = []

    def run(self) -> Simulated:
        """Releases what may be released, until nothing is left."""
        day = 0
        while self.wanted and day < 2000:
            due = {pair for pair in self.drawn if self.signed[pair] + WASHOUT <= day}
            stock = Stock(len(self.wanted), self.plan.readers, 2, len(self.drawn), len(due), self.plan.share)
            if size := min(self.plan.size, stock.largest):
                self.release(day, size, due)
            day += self.plan.every
        return self

    def release(self, day: int, size: int, due: set[tuple[int, int]]) -> None:
        """One batch: first reads, the repeats among them, and what each reader sees of it."""
        draw = Draw(self.chance.randbytes(32), "simulated")
        by_reader: dict[int, list[int]] = defaultdict(list)
        for reader, case in sorted(due):
            by_reader[reader].append(case)
        readers = range(self.plan.readers)
        places = places_for_repeats(draw, size, len(self.wanted), self.plan.share)
        chosen = choose_repeats(draw, by_reader, readers, places, 2)
        loads = Counter(reader for reader, _ in chosen)
        size -= len(chosen) // 2
        first = allocate(draw, wanted=self.wanted, excluded={}, readers=readers, loads=loads, size=size)
        again = hidden([(reader, (reader, case)) for reader, case in chosen], Counter(one.reader for one in first))
        for reader in readers:
            new = [one.case for one in first if one.reader == reader]
            old = [case for who, case in again if who == reader]
            assert len(new) >= FEWEST_UNREAD * len(old)
            self.show(day, reader, new, old)
        for one in first:
            self.wanted.pop(one.case, None)
        self.drawn -= set(again)
        self.batches += 1

    def show(self, day: int, reader: int, new: list[int], old: list[int]) -> None:
        """The reader's queue of this batch, read over the days that follow."""
        tokens = {f"{self.chance.getrandbits(128):032x}": case for case in [*new, *old]}
        seed = self.chance.randbytes(32)
        firsts = [token for token, case in tokens.items() if case in new]
        self.drawn |= {(reader, tokens[token]) for token in draw_repeats(seed, firsts, self.plan.share)}
        queue = [tokens[token] for token in draw_queue(seed, list(tokens))] if tokens else []
        for place, case in enumerate(queue):
            if case in new:
                self.signed[reader, case] = day + self.chance.randint(1, 6)
            if day > WASHOUT:
                self.shown.append((case in old, self.seen(day, place, queue)))

    def seen(self, day: int, place: int, queue: list[int]) -> list[float]:
        """Position, batch, date, the size of the case, and its neighbours."""
        own = self.timepoints[queue[place]]
        around = [self.timepoints[queue[other]] for other in (place - 1, place + 1) if 0 <= other < len(queue)]
        share = place / len(queue)
        same = sum(other == own for other in around)
        numbers = [share, share**2, self.batches, self.batches**2, day, len(queue), own, sum(around), same]
        return [float(number) for number in numbers]


def area_under_curve(scores: np.ndarray, truth: np.ndarray) -> float:
    """The chance that a repeat scores higher than an unread case; ties count half."""
    values, place = np.unique(scores, return_inverse=True)
    repeats = np.bincount(place[truth], minlength=len(values))
    others = np.bincount(place[~truth], minlength=len(values))
    below = np.cumsum(others) - others
    return float((repeats * (below + others / 2)).sum() / (repeats.sum() * others.sum()))


def fitted(features: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, with a small ridge."""
    weights = np.zeros(features.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (truth - chance) - 1e-3 * weights
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + 1e-3 * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def held_out_area(campaigns: list[Simulated]) -> tuple[float, int]:
    """Learned on one half of the campaigns, tried on the other; returns the area and the number of repeats."""
    halves = [[row for one in campaigns[half::2] for row in one.shown] for half in (0, 1)]
    truths = [np.array([truth for truth, _ in rows]) for rows in halves]
    tables = [np.array([seen for _, seen in rows]) for rows in halves]
    middle, spread = tables[0].mean(axis=0), tables[0].std(axis=0)
    scaled = [np.c_[np.ones(len(rows)), (rows - middle) / np.where(spread > 0, spread, 1)] for rows in tables]
    weights = fitted(scaled[0], truths[0])
    return area_under_curve(scaled[1] @ weights, truths[1]), int(truths[0].sum() + truths[1].sum())


def simulated(plan: CampaignPlan, repeats: int) -> list[Simulated]:
    """Campaigns enough for this many repeats."""
    found: list[Simulated] = []
    while sum(truth for one in found for truth, _ in one.shown) < repeats or len(found) % 2:
        found.append(Simulated(plan, seed=len(found)).run())
    return found


@pytest.mark.parametrize("name", PLANS)
def test_a_repeat_cannot_be_recognised_by_its_position_batch_date_or_neighbours(name: str) -> None:
    area, repeats = held_out_area(simulated(PLANS[name], 2000))
    assert repeats >= 2000
    assert 0.45 <= area <= 0.55, f"{name}: {area:.3f} over {repeats} repeats"


@pytest.mark.full
@pytest.mark.parametrize("name", PLANS)
def test_a_repeat_cannot_be_recognised_over_twenty_thousand_of_them(name: str) -> None:
    area, repeats = held_out_area(simulated(PLANS[name], 20_000))
    print(f"{name}: AUC {area:.3f} over {repeats} repeats")
    assert 0.45 <= area <= 0.55


def test_the_classifier_finds_repeats_that_are_put_at_the_end_of_their_batch() -> None:
    campaigns = simulated(PLANS["many repeats"], 600)
    for one in campaigns:
        one.shown = [(truth, [0.9 if truth else seen[0], *seen[1:]]) for truth, seen in one.shown]
    assert held_out_area(campaigns)[0] > 0.6


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.33, 0.5])
@pytest.mark.parametrize("cases", [1, 4, 12, 60, 301])
def test_a_campaign_always_ends_and_keeps_enough_unread_cases_for_the_repeats_it_drew(cases: int, share: float) -> None:
    """Reading never stands still, and with one batch at a time as many repeats go out as were promised."""
    stock = Stock(cases, 2, 2, to_come=0, due=0, share=share)
    assert 1 <= stock.releasable <= cases
    drawn = math.floor(stock.releasable * 2 * share)
    left = Stock(cases - stock.releasable, 2, 2, drawn, drawn, share)
    assert left.releasable == left.cases, "once every repeat is due, the rest goes out with them"
    assert left.cases == 0 or left.cases * 2 * rate_of(share) >= drawn


def test_no_case_is_kept_back_where_nothing_is_repeated() -> None:
    assert Stock(40, 2, 2, to_come=0, due=0, share=0.0).releasable == 40


def test_only_as_many_cases_go_out_as_leave_room_for_repeats_whose_wash_out_is_not_over() -> None:
    """Ten repeats at a tenth need 100 unread reads: 50 cases. With four of them due, 20 cases may go."""
    assert Stock(50, 2, 2, to_come=10, due=0, share=0.1).releasable == 0
    assert Stock(50, 2, 2, to_come=10, due=4, share=0.1).releasable == 20
    assert Stock(50, 2, 2, to_come=10, due=10, share=0.1).releasable == 50
