"""Whatever is typed, sent or put into an address is taken, or refused with a reason and without a change."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.blinding.addresses import things_in
from tests.blinding.asking import WorldAnswer, WorldRequest, ask, browser
from tests.blinding.playing import world_of
from tests.blinding.roles import PEOPLE
from tests.blinding.secrets_of import FIRST
from tests.house.hostile import filled, json_doors, opened, refusals_in, written
from tests.routes import DEFAULTS, every_route

pytestmark = pytest.mark.django_db
HOSTILE = {"IntConverter": 10**30, "StringConverter": "a\x00b"}
SENTENCE = re.compile(r"[“A-Z0-9].*[.”]$", re.DOTALL)
FEW = ["coordinator", "site", "reader", "anonymous"]


def hostile_part(key: str, kind: str) -> object:
    """What stands at one place of an address."""
    return "TWO" if key == "code" else HOSTILE.get(kind, DEFAULTS.get(key, "none"))


def wrong_in(step: WorldRequest, answer: WorldAnswer) -> str:
    """What must not be: a failure of the server, a refusal without its reason, or one that changed something."""
    if answer.status == 500:
        return "failed"
    if answer.status == 400 and not all(SENTENCE.match(said) for said in refusals_in(answer) or [""]):
        return f"does not say what is wrong: {refusals_in(answer)}"
    changed = written(step, answer) if answer.status >= 400 else []
    return f"refused, and wrote {changed}" if changed else ""


def failures(client: Client, steps: list[WorldRequest]) -> list[str]:
    """The steps whose answer is not what it must be."""
    answers = [(step, wrong_in(step, ask(client, step))) for step in steps]
    return [f"{step} {step.data!r:.200} {wrong}" for step, wrong in answers if wrong]


@pytest.mark.parametrize("who", [who if who in FEW else pytest.param(who, marks=pytest.mark.full) for who in PEOPLE])
def test_every_input_of_a_page_is_taken_or_refused_with_a_reason_and_without_a_change(
    who: str, pytestconfig: pytest.Config
) -> None:
    """Every input in the long run; otherwise every third of a page."""
    found, each = list[str](), pytestconfig.getoption("--full")
    with world_of(FIRST, stage="adjudicating", ids_by_content=False) as (world, _):
        for place, (client, step, names) in enumerate(opened(world, who)):
            for form in filled(names, place, each=each):
                found += failures(
                    client, [WorldRequest("", step.path, "get", form), WorldRequest("", step.path, "post", form)]
                )
            if step.route.startswith(("sign_", "password_")):
                client.logout()
    assert found == []


@pytest.mark.parametrize("who", ["reader", "site"])
def test_every_json_is_taken_or_refused_with_a_reason_and_without_a_change(who: str) -> None:
    with world_of(FIRST, stage="reading", ids_by_content=False) as (world, _):
        client = browser(world.people[who])
        assert failures(client, list(json_doors(world, things_in(world, "reader")))) == []


@pytest.mark.parametrize("who", ["coordinator", "reader", "site"])
def test_every_address_is_answered_and_a_refusal_changes_nothing(who: str) -> None:
    with world_of(FIRST, stage="adjudicating", ids_by_content=False) as (world, _):
        client, paths = browser(world.people[who]), []
        for name, route in every_route().items():
            kinds = {key: type(kind).__name__ for key, kind in route.pattern.converters.items()}
            paths.append(reverse(name, kwargs={key: hostile_part(key, kind) for key, kind in kinds.items()}))
        steps = [WorldRequest("", path, method) for path in paths for method in ("get", "post")]
        assert failures(client, steps) == []
