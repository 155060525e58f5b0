"""A side that something else contradicts is asked about once more before a film is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from config.errors import BadInput
from studies.desk import quality
from studies.desk.film_facts import desk_film
from studies.desk.sides import side_in_name
from studies.models import FilmStatus
from tests.studies.desk_cast import CONFIRMED, DeskCast, browser, film_at_desk, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"header": {"Side": "R"}}, "the header says right"),
        ({"header": {"SideLetters": ["R"]}}, "the letter on the film says right"),
        ({"original_name": "HandRight_W24.dcm"}, "the name of the file says right"),
        ({"header": {"Side": "B"}}, "the header says both sides"),
    ],
)
def test_a_contradicted_side_is_accepted_only_when_the_person_says_they_looked_again(
    cast: DeskCast, values: dict[str, Any], says: str
) -> None:
    film = film_at_desk(cast, **values)
    with pytest.raises(BadInput, match=f"You see left, but {says}"):
        quality.accept(film=film, actor=cast.coordinator, **CONFIRMED)
    quality.accept(film=film, actor=cast.coordinator, side_confirmed=True, **CONFIRMED)
    film.refresh_from_db()
    assert (film.status, film.side) == (FilmStatus.ACCEPTED, "L")


def test_a_side_that_nothing_contradicts_needs_no_further_word(cast: DeskCast) -> None:
    agreeing = {"original_name": "hand_left.dcm", "header": {"Side": "L", "SideLetters": ["L", "R"]}}
    for values in (agreeing, {"original_name": "film.dcm"}):
        quality.accept(film=film_at_desk(cast, **values), actor=cast.coordinator, **CONFIRMED)


def test_the_form_of_the_desk_carries_the_confirmation(cast: DeskCast) -> None:
    film = film_at_desk(cast, header={"Side": "R"})
    client, address = browser(cast.coordinator), f"/trials/RA-1/desk/{film.pk}/accept/"
    form = {**CONFIRMED, "acknowledged": [], "visit": film.visit_id}
    refused = client.post(address, form)
    assert refused.status_code == 400
    assert "the header says right" in refused.content.decode()
    assert client.post(address, form | {"side_confirmed": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("hand_l.dcm", "L"),
        ("01-001-BL-RH.dcm", "R"),
        ("FootLeft.png", "L"),
        ("left_or_right.dcm", ""),
        ("MUSTERMANN.dcm", ""),
        ("clear.dcm", ""),
        ("LEFT", "L"),
        ("IMG_1.dcm", ""),
    ],
)
def test_the_side_in_the_name_of_a_file(name: str, side: str) -> None:
    assert side_in_name(name) == side


def test_the_acquisition_of_a_hand_is_compared_with_hands_and_of_no_known_view_with_neither(cast: DeskCast) -> None:
    film = film_at_desk(cast, view="", header={"Rows": 2500})
    film_at_desk(cast, view="foot", header={"Rows": 3000})
    film_at_desk(cast, view="", header={"Rows": 3500})
    assert desk_film(film).differences == {"hand": [], "foot": ["rows 2500, elsewhere 3000"]}
