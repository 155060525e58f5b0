"""A whole film: the same every time, twelve bits, grey like a radiograph."""

from __future__ import annotations

import numpy as np
import pytest

from rehearsal.damage import Damage
from rehearsal.film import Finish, draw_foot, draw_hand
from tests.rehearsal.films import SCALE, SUBJECT, VISIT, draw, whole


@pytest.mark.parametrize("region", ["hand", "foot"])
def test_the_same_seeds_give_the_same_pixels(region: str) -> None:
    assert np.array_equal(draw(region).pixels, whole(region).pixels)


def test_another_visit_or_another_person_gives_other_pixels() -> None:
    assert not np.array_equal(draw("hand", visit=VISIT + 1).pixels, whole("hand").pixels)
    other = draw_hand("L", Damage(), SUBJECT + 1, VISIT, SCALE)
    assert not np.array_equal(other.pixels, whole("hand").pixels)


@pytest.mark.parametrize("region", ["hand", "foot"])
def test_a_film_uses_twelve_bits_and_shows_bone_bright(region: str) -> None:
    film = whole(region)
    assert film.pixels.dtype == np.uint16
    assert film.pixels.max() <= 4095
    first = "MCP3" if region == "hand" else "MTP1"
    second = "PIP3" if region == "hand" else "MTPIP"
    x, y = (np.array(film.sites[first]) + film.sites[second]).astype(int) // 2
    background = np.median(film.pixels[30:60, 400:600])
    assert np.median(film.pixels[y - 5 : y + 5, x - 5 : x + 5]) > 2 * background


@pytest.mark.parametrize("region", ["hand", "foot"])
def test_grey_values_lie_where_those_of_real_films_lie(region: str) -> None:
    inner = whole(region).pixels[100:-100, 100:-100] / 4095 * 255
    dark, bright = np.percentile(inner, [5, 95])
    expected = {"hand": ((20, 50), (130, 200)), "foot": ((45, 90), (165, 215))}[region]
    assert expected[0][0] < dark < expected[0][1]
    assert expected[1][0] < bright < expected[1][1]


def test_the_border_is_white_or_black() -> None:
    black = draw_foot("R", Damage(), SUBJECT, VISIT, SCALE, Finish(black_border=True))
    assert whole("foot").pixels[0].min() > 3500
    assert black.pixels[0].max() == 0


def test_text_burned_in_changes_its_own_place_only() -> None:
    dated = draw_hand("L", Damage(), SUBJECT, VISIT, SCALE, Finish(burned_in="2024-03-05"))
    changed = dated.pixels != whole("hand").pixels
    rows, columns = np.nonzero(changed)
    assert rows.max() * SCALE < 18
    assert columns.max() * SCALE < 60
    assert dated.pixels[changed].max() > 3900


def test_another_size_of_pixel_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Give 0\.1 or 0\.2\."):
        draw_hand("L", Damage(), SUBJECT, VISIT, 0.15)
