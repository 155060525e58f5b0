"""What each grade does to the picture: visible, ordered, and only where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from rehearsal.damage import Damage
from rehearsal.film import draw_foot, draw_hand
from tests.rehearsal.films import (
    SCALE,
    SUBJECT,
    VISIT,
    bone,
    distance_from,
    draw,
    region_of,
    skeleton,
    whole,
    with_erosion,
    with_narrowing,
)

ERODED = ("MCP2", "PIP5", "IP1", "MC1", "MUL", "NAV", "RADIU", "ULNA", "MTP5", "MTPIP")
NARROWED = ("MCP2", "PIP3", "MTP1", "CMC4", "CAPNL", "MULNA", "RADCA")
# A difference of grey a person sees at once: about five times the noise of the film.
SEEN = 200
SQUARE_MILLIMETRE = 100


@pytest.mark.parametrize("joint", ERODED)
def test_each_erosion_grade_removes_more_bone_than_the_one_below(joint: str) -> None:
    region = region_of(joint)
    grades = [bone(region, with_erosion(joint, grade)) for grade in range(6)]
    assert max(np.diff([float(left.sum()) for left in grades])) < -1
    holes = [((grades[0] > 0.8) & (left < 0.45 * grades[0])).sum() * SCALE**2 for left in grades[:5]]
    assert holes[0] == 0
    assert min(np.diff(holes)) > 1.2


@pytest.mark.parametrize("joint", ["PIP2", "MTP1"])
def test_every_erosion_grade_can_be_distinguished_from_the_one_below_on_the_film(joint: str) -> None:
    artist, side = (draw_hand, "L") if region_of(joint) == "hand" else (draw_foot, "R")
    films = [artist(side, with_erosion(joint, grade), SUBJECT, VISIT) for grade in range(6)]  # type: ignore[arg-type]
    near = distance_from(films[0], joint) < 14
    for below, above in zip(films, films[1:], strict=False):
        darker = below.pixels.astype(int) - above.pixels > SEEN
        assert (darker & near).sum() > SQUARE_MILLIMETRE


@pytest.mark.parametrize("joint", ["MCP2", "PIP4", "MTP3"])
def test_a_joint_space_closes_grade_by_grade(joint: str) -> None:
    gaps = []
    for grade in range(5):
        placed = next(at for at in skeleton(region_of(joint), with_narrowing(joint, grade)).joints if at.code == joint)
        head, base = placed.near.at(0, placed.near.bone.length), placed.far.at(0, 0)
        gaps.append(float(np.subtract(base, head) @ placed.far.to_rest[:, 1]))
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[2] > gaps[0] / 2 > gaps[3] > 0 > gaps[4]


@pytest.mark.parametrize("joint", NARROWED)
def test_narrowing_and_ankylosis_change_the_picture_at_the_joint(joint: str) -> None:
    region = region_of(joint)
    films = [draw(region, with_narrowing(joint, grade)) for grade in (0, 2, 4)]
    near = distance_from(films[0], joint) < 6
    for below, above in zip(films, films[1:], strict=False):
        assert (np.abs(above.pixels.astype(int) - below.pixels)[near] > SEEN).sum() > 15


@pytest.mark.parametrize("joint", ["MCP2", "PIP3", "MTP1", "RADCA"])
def test_bone_grows_across_an_ankylosis(joint: str) -> None:
    region = region_of(joint)
    thickness = []
    for grade in (0, 4):
        damage = with_narrowing(joint, grade)
        x, y = (round(value) for value in draw(region, damage).sites[joint])
        thickness.append(float(bone(region, damage)[y - 2 : y + 3, x - 2 : x + 3].min()))
    assert thickness[0] < 0.5 < 1.0 < thickness[1]


def test_a_displaced_joint_slips_aside_instead_of_stiffening() -> None:
    for grade, least in ((3, 1.5), (4, 6.0)):
        damage = with_narrowing("MCP3", grade, displaced=True)
        joint = next(at for at in skeleton("hand", damage).joints if at.code == "MCP3")
        base = np.subtract(joint.far.at(0, 0), joint.near.at(0, joint.near.bone.length))
        assert abs(float(base @ joint.near.to_rest[:, 0])) > least


@pytest.mark.parametrize("joint", ["MCP2", "PIP3", "LUNAT", "MTP5"])
def test_an_erosion_leaves_the_rest_of_the_film_alone(joint: str) -> None:
    before = whole(region_of(joint))
    after = draw(region_of(joint), with_erosion(joint, 3))
    changed = np.abs(after.pixels.astype(int) - before.pixels)
    far = distance_from(before, joint) > 40
    assert changed[~far].max() > SEEN
    assert changed[far].max() <= 12


def test_narrowing_moves_what_lies_beyond_the_joint_and_nothing_else() -> None:
    before, after = whole("hand"), draw("hand", with_narrowing("MCP3", 2))
    moved = np.subtract(after.sites["PIP3"], before.sites["PIP3"]) * before.spacing_mm
    assert 0.5 < np.hypot(*moved) < 1.0
    still = {joint: place for joint, place in before.sites.items() if joint not in ("MCP3", "PIP3", "DIP3")}
    assert still == {joint: after.sites[joint] for joint in still}


def test_the_bone_beyond_a_narrowed_joint_keeps_its_trabeculae() -> None:
    before, after = (draw("hand", with_narrowing("MCP3", grade)) for grade in (0, 2))
    windows = []
    for film in (before, after):
        (x0, y0), (x1, y1) = film.sites["MCP3"], film.sites["PIP3"]
        x, y = round(x0 + 0.3 * (x1 - x0)), round(y0 + 0.3 * (y1 - y0))
        windows.append(film.pixels[y - 25 : y + 25, x - 20 : x + 20].astype(float))
    best = max(
        float(
            np.corrcoef(windows[0][4:-4, 4:-4].ravel(), np.roll(windows[1], (dy, dx), (0, 1))[4:-4, 4:-4].ravel())[0, 1]
        )
        for dy in range(-4, 5)
        for dx in range(-4, 5)
    )
    assert best > 0.9


def test_the_two_sides_of_a_foot_joint_are_eroded_apart() -> None:
    proximal, distal = (draw("foot", Damage({"MTP2": sides})) for sides in ((3, 0), (0, 3)))
    assert not np.array_equal(proximal.pixels, distal.pixels)
    assert Damage({"MTP2": 7}).sides("MTP2") == (4, 3)
    assert np.array_equal(draw("foot", Damage({"MTP2": 7})).pixels, draw("foot", Damage({"MTP2": (4, 3)})).pixels)


@pytest.mark.parametrize(
    ("erosion", "narrowing"),
    [({"MCP2": 6}, {}), ({"MTP1": 11}, {}), ({"MTP1": (6, 0)}, {}), ({"MCP2": (1, 1)}, {}), ({}, {"MCP2": 5})],
)
def test_a_grade_that_does_not_exist_is_refused(erosion: dict[str, int], narrowing: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"MCP2|MTP1"):
        Damage(erosion, narrowing)


def test_a_joint_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"cannot be “ELBOW”\. Give one of .*MCP2"):
        Damage({"ELBOW": 1})
