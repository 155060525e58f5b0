"""A film is recognised again however it was changed on its way, and never taken for another film."""

from __future__ import annotations

import numpy as np
import pytest

from bench.likeness import CHANGES
from imaging.likeness import has_structure, likeness_of, matches, whole_matches
from rehearsal.damage import Damage
from rehearsal.film import draw_foot, draw_hand
from tests.studies.films import picture

SCALE = 0.2


@pytest.fixture(scope="module")
def films() -> list[np.ndarray]:
    """A hand and a foot, the same hand at another visit, the other hand, and the hand of another subject."""
    hands = [draw_hand(side, Damage(), subject, visit, SCALE) for side, subject, visit in FILMS]  # type: ignore[arg-type]
    return [*(hand.pixels for hand in hands), draw_foot("L", Damage(), 1, 1, SCALE).pixels]


FILMS = (("L", 1, 1), ("L", 1, 2), ("R", 1, 1), ("L", 2, 3))


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_changed_film_is_recognised_and_no_other_is_taken_for_it(films: list[np.ndarray], change: str) -> None:
    others = [likeness_of(film) for film in films]
    for place, film in enumerate(films):
        found = matches(likeness_of(CHANGES[change](film, np.random.default_rng(place))), others)
        assert [match.place for match in found] == [place], (change, place)
        assert found[0].mirrored == ("mirrored" in change)


@pytest.mark.parametrize("change", ["recompressed", "rescaled", "mirrored"])
def test_a_whole_film_is_recognised_among_all_films_of_a_trial(films: list[np.ndarray], change: str) -> None:
    others = [likeness_of(film) for film in films]
    for place, film in enumerate(films):
        (found,) = whole_matches(likeness_of(CHANGES[change](film, np.random.default_rng(place))), others)
        assert (found.place, found.mirrored) == (place, change == "mirrored")
    assert whole_matches(others[0], others[1:]) == whole_matches(others[0], []) == []


def test_a_film_is_recognised_when_the_earlier_one_was_the_cropped_one(films: list[np.ndarray]) -> None:
    cropped = [likeness_of(CHANGES["cropped"](film, np.random.default_rng(7))) for film in films]
    assert [match.place for match in matches(likeness_of(films[0]), cropped)] == [0]


def test_the_other_polarity_is_the_same_film(films: list[np.ndarray]) -> None:
    others = [likeness_of(film) for film in films]
    assert [match.place for match in matches(likeness_of(4095 - films[1]), others)] == [1]


def test_a_picture_without_structure_is_not_compared(films: list[np.ndarray]) -> None:
    """Smooth or empty pictures are all alike."""
    assert has_structure(likeness_of(films[0]))
    assert not has_structure(likeness_of(picture()))
    assert not has_structure(likeness_of(np.zeros((80, 60), np.uint16)))
    assert matches(likeness_of(films[0]), []) == []
