"""A program with a token of a person learns nothing that is hidden from that person: two worlds answer it alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.blinding.addresses import AddressValues, steps_of
from tests.blinding.asking import WorldRequest
from tests.blinding.building import token_text
from tests.blinding.playing import differences, play_both
from tests.blinding.roles import Blinded
from tests.blinding.secrets_of import FIRST, SECOND
from tests.blinding.worlds import World
from tests.permissions import BY_TOKEN
from tests.routes import every_route

pytestmark = pytest.mark.django_db
FULL = [pytest.param(who, marks=pytest.mark.full) for who in ("lead", "sponsor", "statistician")]


def asked_by(who: str, found: AddressValues) -> Iterator[WorldRequest]:
    """Every address of the API in every way, with the person's token."""
    sender = {"authorization": f"Bearer {token_text(who)}"}
    routes = every_route()
    for name in sorted(BY_TOKEN):
        for step in steps_of(name, routes[name], found):
            yield replace(step, headers={**step.headers, **sender})


@pytest.mark.parametrize("who", ["coordinator", *FULL])
def test_nothing_hidden_shows_to_a_program(who: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**6  # both worlds have the same tokens and the same minute

    def choose(world: World, found: AddressValues) -> Sequence[WorldRequest]:
        return list(asked_by(who, found))

    person = Blinded(who)
    one, two = play_both(who, FIRST, person.second(FIRST, SECOND), stage=person.stage, choose=choose)
    assert differences(who, one, two) == []
    statuses = Counter(answer.status for answer in one)
    assert statuses[200] > 5
    assert {401, 500} & set(statuses) == set()
