"""Joints are on a film exactly where geometry puts them, for any subject, on either side."""

from __future__ import annotations

import numpy as np
import pytest

from instruments import KEYS, get
from rehearsal.damage import Damage
from rehearsal.film import draw_foot, draw_hand
from rehearsal.raster import Frame, Tile, add_tile
from rehearsal.skeleton import sites
from tests.rehearsal.films import SCALE, SUBJECT, VISIT, skeleton, whole, with_narrowing


@pytest.mark.parametrize("angle", [0.0, 13.0, -46.0, 180.0])
def test_a_point_of_a_tile_lands_where_the_affine_says(angle: float) -> None:
    frame = Frame(-6.0, -6.0, 120, 120, 0.1)
    dot = np.exp(-((frame.x - 1.3) ** 2 + (frame.s - 2.1) ** 2) / 0.5).astype(np.float32)
    turn = np.radians(angle)
    affine = np.array([[np.cos(turn), np.sin(turn), 14.37], [np.sin(turn), -np.cos(turn), 17.81]])
    film = np.zeros((350, 300), dtype=np.float32)
    add_tile(film, Tile(frame, dot), affine, 0.1)
    rows, columns = (np.indices(film.shape) + 0.5) * 0.1
    found = np.array([(columns * film).sum(), (rows * film).sum()]) / film.sum()
    assert found == pytest.approx(affine @ [1.3, 2.1, 1.0], abs=0.01)


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith(("svdh", "larsen", "sens"))])
def test_every_site_an_instrument_scores_has_a_place_on_the_film(key: str) -> None:
    for item in get(key).items:
        assert item.joint in whole(item.region).sites


def test_places_in_millimetres_do_not_depend_on_the_size_of_a_pixel() -> None:
    coarse, fine = whole("hand"), draw_hand("L", Damage(), SUBJECT, VISIT, 0.1)
    assert fine.pixels.shape == (2500, 2000)
    for joint, (x, y) in fine.sites.items():
        assert (x * 0.1, y * 0.1) == pytest.approx(np.array(coarse.sites[joint]) * SCALE)


def test_the_whole_limb_is_on_the_film_for_anybody() -> None:
    for subject in range(60):
        for region in ("hand", "foot"):
            placed = skeleton(region, subject=subject, visit=subject)
            width, height = placed.region.film
            for bone in placed.long_bones:
                tip = placed.to_film @ [*bone.at(0, bone.bone.length), 1.0]
                assert 6 < tip[0] < width - 6
                assert 6 < tip[1] < height - 6


@pytest.mark.parametrize("region", ["hand", "foot"])
def test_the_other_side_is_a_mirror_image(region: str) -> None:
    artist = draw_hand if region == "hand" else draw_foot
    left, right = (artist(side, Damage(), SUBJECT, VISIT, SCALE) for side in ("L", "R"))
    first, last = ("MCP1", "MCP5") if region == "hand" else ("MTP1", "MTP5")
    assert left.sites[first][0] > left.sites[last][0]
    assert right.sites[first][0] < right.sites[last][0]


def test_left_and_right_of_one_person_are_of_one_size() -> None:
    left, right = (draw_hand(side, Damage(), SUBJECT, VISIT, SCALE) for side in ("L", "R"))
    for near, far in (("MCP2", "PIP2"), ("MCP3", "PIP3"), ("MCP1", "IP1")):
        lengths = [np.hypot(*np.subtract(film.sites[near], film.sites[far])) for film in (left, right)]
        assert lengths[0] == pytest.approx(lengths[1], rel=0.01)


def test_a_narrowed_wrist_moves_its_joint_by_half_of_what_was_lost() -> None:
    damage = with_narrowing("RADCA", 3)
    before, after = skeleton("hand"), skeleton("hand", damage)
    moved = np.subtract(sites(after, damage)["RADCA"], sites(before, Damage())["RADCA"])
    size = np.sqrt(np.linalg.det(before.to_film[:, :2]))
    assert np.hypot(*moved) == pytest.approx(1.5 * 0.8 / 2 * size)


def test_two_visits_lay_the_hand_down_differently_but_show_the_same_hand() -> None:
    first, second = (draw_hand("L", Damage(), SUBJECT, visit, SCALE) for visit in (1, 2))
    assert first.sites != second.sites
    lengths = [np.hypot(*np.subtract(film.sites["MCP2"], film.sites["PIP2"])) for film in (first, second)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.005)
