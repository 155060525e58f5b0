"""What Hypothesis draws: worlds, and which steps of all there are make a script."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from accounts.hidden import PRESENTATIONS
from tests.blinding.addresses import AddressValues, every_step
from tests.blinding.asking import WorldRequest
from tests.blinding.playing import Choose
from tests.blinding.scripts_of_others import SCRIPTS, no_steps
from tests.blinding.secrets_of import SLOTS, SUBJECTS, Secrets
from tests.blinding.worlds import World

CODES = st.text("ABCDEFGHKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=12).filter(lambda text: text.strip("-"))
KINDS = st.sampled_from(["scheduled", "rescue", "unscheduled", "early-termination"])


def each(strategy: st.SearchStrategy[object], count: int, *, unique: bool = False) -> st.SearchStrategy[object]:
    """As many of them, in a tuple."""
    return st.lists(strategy, min_size=count, max_size=count, unique=unique).map(tuple)


def worlds() -> st.SearchStrategy[Secrets]:
    """Any world of three subjects with three timepoints each."""
    order = st.permutations(range(SLOTS)).map(tuple)
    return st.builds(
        Secrets,
        order=each(order, SUBJECTS),
        begins=each(st.integers(0, 700), SUBJECTS),
        subjects=each(CODES, SUBJECTS, unique=True),
        sites=each(st.from_regex("[a-z0-9]{1,8}", fullmatch=True), 2, unique=True),
        site_of=each(st.integers(0, 1), SUBJECTS),
        kinds=each(KINDS, SLOTS),
        names=st.from_regex("[a-z]{1,20}", fullmatch=True),
        upload=st.integers(0, SUBJECTS * SLOTS - 1),
        arms=each(st.sampled_from(["placebo", "active", "a third arm with a long name"]), SUBJECTS),
        foreign=st.integers(0, 3),
        others=st.sampled_from(["none", "issued", "signed"]),
        tilt=st.integers(0, 2),
        discordant=st.frozensets(st.integers(0, SUBJECTS - 1)),
        planned=st.integers(SLOTS, 6),
        visits=st.sampled_from(["W", "Month", "V-"]),
        another_trial=st.booleans(),
        draw=st.sampled_from(["", " once more", " and again"]),
        presentation=st.sampled_from(PRESENTATIONS),
    )


def some_of_each(steps: Iterable[WorldRequest], most: int) -> list[WorldRequest]:
    """So many of each route and method, in order."""
    seen: Counter[tuple[str, str]] = Counter()
    chosen = []
    for step in steps:
        seen[step.route, step.method] += 1
        if seen[step.route, step.method] <= most:
            chosen.append(step)
    return chosen


def script(who: str, seed: int, *, per_route: int, own: int) -> Choose:
    """So many drawn ways of asking every route, and of the role's own script so many steps of each kind in order."""

    def choose(world: World, found: AddressValues) -> Sequence[WorldRequest]:
        chance = random.Random(seed)
        chosen = some_of_each(SCRIPTS.get(who, no_steps)(world, who, found), own)
        by_route: dict[str, list[WorldRequest]] = defaultdict(list)
        for step in every_step(found):
            by_route[step.route].append(step)
        drawn = [step for steps in by_route.values() for step in chance.sample(steps, min(per_route, len(steps)))]
        chance.shuffle(drawn)
        return [*chosen, *drawn]

    return choose
