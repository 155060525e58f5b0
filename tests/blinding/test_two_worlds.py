"""Two worlds that differ only in what is hidden from somebody answer him alike, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.hidden import EXCEPTIONS, PRESENTATIONS, Secret
from tests.blinding.addresses import AddressValues
from tests.blinding.asking import WorldRequest
from tests.blinding.comparing import IN_STATES, PAIRS, compared
from tests.blinding.draws import script, worlds
from tests.blinding.playing import TAKEN_OUT, differences, play_both
from tests.blinding.roles import EXCEPTED, FIELDS, PEOPLE
from tests.blinding.scripts import enter, look_at, page, parts_of, sign_off
from tests.blinding.secrets_of import FIRST, SECOND, Secrets
from tests.blinding.worlds import World
from tests.routes import every_route

pytestmark = pytest.mark.django_db
EXAMPLES, PER_ROUTE, OWN_STEPS = 2, 2, 400
Recorded = Callable[[str, object], None]


@pytest.mark.parametrize(("who", "own"), [("reader", 4), ("site", 1)])
def test_nothing_hidden_shows_in_any_answer(who: str, own: int, record_property: Recorded) -> None:
    record_property(who, compared(who, FIRST, SECOND, 1, per_route=1, own=own))


def first_visits(world: World, found: AddressValues) -> list[WorldRequest]:
    """Each case as far as its second visit, which is looked at and not signed."""
    parts = [part for part in parts_of(world, "reader") if part.step.position < 2]
    steps = [WorldRequest("reading:worklist", "/read/"), WorldRequest("home", "/")]
    for part in parts:
        steps += look_at(part)[:4]
        if part.step.position == 0:
            steps += [*enter(part), page(part, "review"), *sign_off(part)]
    return [
        *steps,
        WorldRequest("reading:worklist", "/read/"),
        WorldRequest("reading:past", "/read/past/"),
        WorldRequest("home", "/"),
    ]


def test_visit_by_visit_nothing_reveals_how_many_visits_follow() -> None:
    """Cases of three timepoints against cases of two: until the second is signed every answer is the same."""
    three = replace(FIRST, presentation="locked-visits", begun=False, order=((0, 1, 2),) * 3)
    two_timepoints = replace(three, absent=4)
    one, two = play_both("reader", three, two_timepoints, stage="reading", choose=first_visits)
    assert differences("reader", one, two) == []
    assert sum(answer.status == 303 for answer in one) >= 3


@pytest.mark.full
@pytest.mark.parametrize("who", PEOPLE)
def test_no_drawn_world_and_script_reveals_the_hidden(who: str, record_property: Recorded) -> None:
    counted: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(first=worlds(), second=worlds(), seed=st.integers(0, 2**32))
    def drawn(first: Secrets, second: Secrets, seed: int) -> None:
        counted.append(compared(who, first, second, seed, per_route=PER_ROUTE, own=OWN_STEPS))

    drawn()
    record_property(who, sum(counted))


def test_a_long_run_compares_at_least_ten_thousand_pairs() -> None:
    """Each comparison asks every route, so that it has more pairs than there are routes."""
    comparisons = len(PEOPLE) * (len(PRESENTATIONS) + EXAMPLES) + len(IN_STATES)
    assert comparisons * len(every_route()) >= PAIRS


@pytest.mark.full
def test_rescue_and_partial_film_sets_change_the_panes_and_nothing_else() -> None:
    """What is declared as panes stays within the screen and the review of a read and the films of the next."""
    partial = Secrets(kinds=("scheduled", "scheduled", "rescue"), absent=2)
    one, two = play_both("reader", FIRST, partial, stage="reading", choose=script("reader", 1, per_route=1, own=3))
    differing = {line.split(": ")[0].split()[1] for line in differences("reader", one, two)}
    inside = {"", "review", "values", "notes", "sign", "preview.jpg"}
    assert {path for path in differing if not path.startswith("/read/")} == set()
    assert {path for path in differing if path.rpartition("/")[2] not in inside and "/film/" not in path} == set()
    assert differing


def test_everything_that_can_be_hidden_differs_between_the_worlds() -> None:
    assert set(FIELDS) == set(Secret)
    for fields in FIELDS.values():
        assert all(getattr(FIRST, name) != getattr(SECOND, name) for name in fields)


def test_what_is_taken_out_of_answers_is_declared() -> None:
    declared = {exception.key: exception.roles for exception in EXCEPTIONS}
    assert set(TAKEN_OUT) <= set(declared)
    for who in EXCEPTED:
        assert any(who in roles for roles in declared.values()), who
