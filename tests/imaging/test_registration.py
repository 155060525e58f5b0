"""Places are carried from one film to another of the same hand or foot: other pose, exposure and damage."""

from __future__ import annotations

import numpy as np
import pytest

from bench.joints import auc_of, order_guessed
from imaging.registration import FOUND, Picture, carried
from rehearsal.damage import Damage
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand
from rehearsal.truth import PLACES, Truth

SPACING = 0.2
VIEWS = {"hand": draw_hand, "foot": draw_foot}


def damage(seed: int, share: float, view: str) -> Damage:
    """Grades at that share of the sites of the left side."""
    chance = np.random.default_rng(seed)
    graded = {place: int(chance.integers(0, place.largest + 1)) for place in PLACES if chance.random() < share}
    return Truth(graded).damage("L", view)


def film(view: str, subject: int, visit: int, share: float) -> SyntheticFilm:
    return VIEWS[view]("L", damage(100 * subject + visit, share, view), 500 + subject, visit, SPACING)


def picture(drawn: SyntheticFilm) -> Picture:
    return Picture(drawn.pixels, drawn.spacing_mm)


def errors_mm(view: str, subject: int) -> tuple[list[float], int]:
    """How far the found joints are from their true places, in millimetres, and how many were not found."""
    source, target = film(view, subject, 0, 0.1), film(view, subject, 1, 0.35)
    found = carried(picture(source), picture(target), source.sites)
    far = [float(np.hypot(*np.subtract(one.place, target.sites[joint]))) * SPACING for joint, one in found.items()]
    return far, len(source.sites) - len(found)


def check(errors: list[float], missing: int) -> None:
    assert np.median(errors) <= 1.0
    assert np.quantile(errors, 0.95) <= 3.0
    assert missing <= 0.15 * (len(errors) + missing)


def test_joints_are_found_again_within_a_millimetre() -> None:
    runs = [errors_mm(view, subject) for view, subject in (("hand", 1), ("hand", 2), ("foot", 3))]
    check([error for errors, _ in runs for error in errors], sum(missing for _, missing in runs))


@pytest.mark.full
@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS)
def test_joints_of_many_subjects_are_found_again_within_a_millimetre(view: str) -> None:
    runs = [errors_mm(view, subject) for subject in range(10, 40)]
    check([error for errors, _ in runs for error in errors], sum(missing for _, missing in runs))


def test_another_view_a_blank_film_and_no_places_give_nothing() -> None:
    hand, foot = film("hand", 1, 0, 0.1), film("foot", 1, 0, 0.1)
    blank = Picture(np.full_like(hand.pixels, 700), SPACING)
    assert carried(picture(hand), picture(foot), hand.sites) == {}
    assert carried(picture(hand), blank, hand.sites) == {}
    assert carried(picture(hand), picture(hand), {}) == {}


def test_a_joint_whose_surroundings_are_covered_is_left_out_and_the_others_are_found() -> None:
    source, target = film("hand", 1, 0, 0.1), film("hand", 1, 1, 0.1)
    x, y = (round(value) for value in target.sites["MCP3"])
    target.pixels[y - 60 : y + 60, x - 60 : x + 60] = 0
    found = carried(picture(source), picture(target), source.sites)
    assert "MCP3" not in found
    assert len(found) > 20
    assert min(one.correlation for one in found.values()) >= FOUND


@pytest.mark.parametrize(("shape", "spacing"), [((1, 1), 0.1), ((2000, 3), 0.1), ((250, 200), 5.0), ((250, 200), 0.01)])
def test_a_picture_with_sides_of_no_film_is_not_searched(shape: tuple[int, int], spacing: float) -> None:
    noise = Picture(np.random.default_rng(1).integers(0, 4000, shape).astype(np.uint16), spacing)
    assert carried(noise, noise, {"MCP2": [shape[1] / 2, shape[0] / 2]}) == {}


def test_a_hand_in_the_middle_of_a_larger_film_is_found() -> None:
    source, target = film("hand", 1, 0, 0.1), film("hand", 1, 1, 0.1)
    wide = np.pad(target.pixels, ((150, 150), (300, 300)), mode="edge")
    found = carried(picture(source), Picture(wide, SPACING), source.sites)
    true = {joint: (x + 300, y + 150) for joint, (x, y) in target.sites.items()}
    assert np.median([np.hypot(*np.subtract(one.place, true[joint])) for joint, one in found.items()]) * SPACING < 1


def test_films_without_a_pixel_spacing_are_compared_by_their_height() -> None:
    source, target = film("hand", 2, 0, 0.1), film("hand", 2, 1, 0.1)
    given = carried(Picture(source.pixels, None), picture(target), source.sites)
    far = [np.hypot(*np.subtract(one.place, target.sites[joint])) * SPACING for joint, one in given.items()]
    assert np.median(far) <= 1.0


@pytest.mark.full
@pytest.mark.long
def test_nobody_can_guess_from_placements_which_of_two_films_is_later() -> None:
    assert 0.45 <= order_guessed(120)["order_auc"] <= 0.55


def test_the_guess_finds_an_order_that_placements_do_reveal() -> None:
    chance = np.random.default_rng(5)
    later = chance.random(120) < 0.5
    features = chance.normal(size=(120, 40)) + np.where(later, 0.8, -0.8)[:, None] * (np.arange(40) < 5)
    assert auc_of(features, later) > 0.9
