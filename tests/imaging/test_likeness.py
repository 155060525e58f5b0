"""A film is recognised again however it was changed on its way, and never taken for another film."""

from __future__ import annotations

import numpy as np
import pytest

from bench.likeness import CHANGES, recognised
from imaging.likeness import SAME, SAME_ANYWHERE, has_structure, likeness_of, part_matches, whole_matches
from imaging.likeness_parts import SAME_IN_DETAIL, detail_score
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


@pytest.mark.parametrize("least", [SAME, SAME_ANYWHERE])
@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_changed_film_is_recognised_and_no_other_is_taken_for_it(
    films: list[np.ndarray], change: str, least: float
) -> None:
    others = [likeness_of(film) for film in films]
    for place, film in enumerate(films):
        changed = CHANGES[change](film, np.random.default_rng(place))
        assert recognised(changed, films, others, least, []) == {place}, (change, place)
        matches = [*whole_matches(likeness_of(changed), list(enumerate(others)), least)]
        matches += part_matches(likeness_of(changed), [list(enumerate(others))])
        assert {match.mirrored for match in matches if match.key == place} == {"mirrored" in change}


def test_a_film_is_recognised_when_the_earlier_one_was_the_cropped_one(films: list[np.ndarray]) -> None:
    cropped = [CHANGES["cropped"](film, np.random.default_rng(7)) for film in films]
    assert recognised(films[0], cropped, [likeness_of(film) for film in cropped], SAME, []) == {0}


def test_films_are_found_however_they_are_divided_into_batches(films: list[np.ndarray]) -> None:
    keyed = [(100 + place, likeness_of(film)) for place, film in enumerate(films)]
    changed = likeness_of(CHANGES["cropped"](films[3], np.random.default_rng(7)))
    assert 103 in {match.key for match in part_matches(changed, [keyed[:2], [], keyed[2:]])}


def test_a_part_is_confirmed_only_by_details_that_no_other_film_shares(films: list[np.ndarray]) -> None:
    cropped = CHANGES["cropped"](films[0], np.random.default_rng(3))
    scores = [detail_score(cropped, film, mirrored=False) for film in films]
    assert scores[0] > SAME_IN_DETAIL + 0.1
    assert max(scores[1:]) < SAME_IN_DETAIL - 0.1
    assert detail_score(cropped, films[0][:, ::-1], mirrored=True) == pytest.approx(scores[0], abs=0.02)


def test_the_other_polarity_is_the_same_film(films: list[np.ndarray]) -> None:
    others = [likeness_of(film) for film in films]
    assert recognised(4095 - films[1], films, others, SAME, []) == {1}


def test_a_picture_without_structure_is_not_compared(films: list[np.ndarray]) -> None:
    """Smooth or empty pictures are all alike."""
    assert has_structure(likeness_of(films[0]))
    assert not has_structure(likeness_of(picture()))
    assert not has_structure(likeness_of(np.zeros((80, 60), np.uint16)))
    assert whole_matches(likeness_of(films[0]), []) == list(part_matches(likeness_of(films[0]), [[]])) == []
