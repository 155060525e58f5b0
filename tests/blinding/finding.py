"""Switches each planted leak on alone and says which parts of the proof find it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from reading import border
from tests.blinding import leaks_of_adjudicators, leaks_of_draws, leaks_of_others, leaks_of_readers
from tests.blinding.addresses import AddressValues, things_in
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.frozen import Frozen
from tests.blinding.planted import LEAKS, Leak
from tests.blinding.playing import differences, play, world_of
from tests.blinding.roles import Blinded
from tests.blinding.scripts import enter, foreign, look_at, page, parts_of, sign_off
from tests.blinding.scripts_of_others import manager_steps, site_steps, trail_steps
from tests.blinding.worlds import World

PLANTED_IN = (leaks_of_readers, leaks_of_draws, leaks_of_adjudicators, leaks_of_others)
ANSWERS, BORDER = "two worlds", "the border"


class BorderWatch:
    """Lets everything through and remembers whether the border was crossed."""

    def __init__(self) -> None:
        self.crossed = False

    def __call__(self, execute: border.Execute, sql: str, *rest: Any) -> Any:
        self.crossed = self.crossed or bool(border.forbidden_in(sql))
        return execute(sql, *rest)


def short_script(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """Enough of the role's day to meet every leak planted for it."""
    if who in ("reader", "adjudicator"):
        return reading_script(world, who, found)
    return OTHERS[who](world, who, found)


def reading_script(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """The worklist, the reads as far as they show anything, saving, refusing, signing."""
    parts = parts_of(world, who)
    steps = [
        WorldRequest("home", "/"),
        WorldRequest("reading:worklist", "/read/"),
        WorldRequest("reading:past", "/read/past/"),
    ]
    for part in parts:
        steps += [*look_at(part)[: 5 if who == "reader" else 2], page(part, "review")]
    if who == "reader":
        last = parts[-1]
        steps += [*enter(last)[:5], page(last, "review"), *sign_off(last)[2:3], *foreign(found)]
    return steps


def at_health(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """What is open to the world, and what the administrator looks at."""
    return [
        WorldRequest("healthz", "/healthz"),
        WorldRequest("sign_in", "/sign-in/"),
        WorldRequest("health", "/health/"),
    ]


def at_results(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """The pages of those who may see scores."""
    return [
        WorldRequest("scoring:results", "/trials/TWO/results/"),
        WorldRequest("scoring:agreement", "/trials/TWO/results/C1/agreement/", work=True),
        WorldRequest("scoring:agreement", "/trials/TWO/results/C1/agreement/"),
        WorldRequest("scoring:scores", "/trials/TWO/audit/scores/"),
        WorldRequest("scoring:scores", "/trials/TWO/audit/scores/?format=csv"),
    ]


def at_completeness(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """The sponsor's page."""
    return [WorldRequest("studies:completeness", "/trials/TWO/completeness/")]


OTHERS = {
    "coordinator": manager_steps,
    "site": site_steps,
    "auditor": trail_steps,
    "anonymous": at_health,
    "administrator": at_health,
    "lead": at_results,
    "sponsor": at_completeness,
}
Played = dict[str, tuple[list[WorldAnswer], bool]]


def found_by(leaks: Sequence[Leak]) -> dict[str, list[str]]:
    """By title, which parts of the proof find the leak; leaks that act on answers share a pair of worlds."""
    found: dict[str, list[str]] = {}
    for group in grouped(leaks):
        one, steps = played_in(group, None)
        two, _ = played_in(group, steps)
        if not group[0].building:
            same = differences(group[0].who, one[""][0], two[""][0])
            assert same == [], f"the worlds differ without any leak: {same[:3]}"
        for planted in group:
            found[planted.title] = ways(planted, one[planted.title], two[planted.title])
    return found


def grouped(leaks: Iterable[Leak]) -> list[list[Leak]]:
    """Those for the same person and the same pair of worlds together; each that acts on building by itself."""
    groups: dict[object, list[Leak]] = defaultdict(list)
    for planted in leaks:
        alone = planted.title if planted.building else ""
        groups[planted.who, planted.first, planted.second, alone].append(planted)
    return list(groups.values())


def ways(planted: Leak, one: tuple[list[WorldAnswer], bool], two: tuple[list[WorldAnswer], bool]) -> list[str]:
    """Which parts of the proof see it."""
    seen = [ANSWERS] if differs(planted.who, one[0], two[0]) else []
    return seen + ([BORDER] if one[1] or two[1] else [])


def differs(who: str, one: Sequence[WorldAnswer], two: Sequence[WorldAnswer]) -> bool:
    """Whether any pair of answers differs; a script that the leak makes longer differs as well."""
    return len(one) != len(two) or bool(differences(who, one, two))


def played_in(group: Sequence[Leak], steps: Sequence[WorldRequest] | None) -> tuple[Played, Sequence[WorldRequest]]:
    """One world, the script without a leak and with each of them; the second world is asked what the first was."""
    person, first = Blinded(group[0].who), group[0].first
    secrets = first if steps is None else person.second(first, group[0].second)
    building = group[0] if group[0].building else None
    with pytest.MonkeyPatch.context() as patch:
        if building:
            building.install(patch)
        stage, by_content = person.stage, person.ids_by_content
        with world_of(secrets, stage=stage, ids_by_content=by_content) as (world, held):
            asked = steps or short_script(world, person.who, things_in(world, person.who))
            played = {} if building else {"": play_one(world, held, person.who, asked, None)}
            for planted in group:
                shown = [step for step in asked if shows(planted, step)]
                played[planted.title] = play_one(world, held, person.who, shown, None if building else planted)
    return played, asked


def shows(planted: Leak, step: WorldRequest) -> bool:
    """Whether the leak could show in this step."""
    return step.route.rpartition(":")[2] in planted.at


def play_one(
    world: World, held: Frozen, who: str, steps: Sequence[WorldRequest], planted: Leak | None
) -> tuple[list[WorldAnswer], bool]:
    """The script under one leak, after which the world is as before."""
    point, watched = transaction.savepoint(), BorderWatch()
    mail.outbox.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(border, "guard", watched)
        if planted:
            planted.install(patch)
        answers = play(world, held, who, steps)
    transaction.savepoint_rollback(point)
    return answers, watched.crossed


def row_of(planted: Leak, ways: Sequence[str]) -> str:
    """A leak as a row of the table."""
    return f"| {planted.title} | {planted.who} | {', '.join(ways)} |"


def table(found: dict[str, list[str]]) -> str:
    """The rows of the table of docs/blinding.md that these runs found."""
    return "\n".join(row_of(planted, found[planted.title]) for planted in LEAKS if planted.title in found)
