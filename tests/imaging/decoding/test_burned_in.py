"""Suspected text: found any way round, bright or dark, on air or on bone; and silence where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from imaging.decoding.burned_in import suspected, suspected_text
from imaging.masks import Rectangle
from tests.studies.films import Grey

TURNS = {"upright": 0, "left": 90, "upside down": 180, "right": 270, "askew": 45}


def film(seed: int = 3) -> Grey:
    """A soft-edged bone with trabecular noise beside dark, noisy air."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:700, 0:500]
    shaft = (np.tanh((x - 40) / 12) - np.tanh((x - 300) / 12)) / 2
    bone = shaft * (1800 + 400 * ndimage.gaussian_filter(rng.normal(size=x.shape), 2))
    values = 350 + bone + y * 0.2 + rng.normal(0, 6, x.shape)
    picture: Grey = np.clip(values, 0, 3600).astype(np.uint16)
    return picture


def with_text(
    base: Grey, at: tuple[int, int], *, value: int, turn: int = 0, mirror: bool = False, size: int = 20
) -> tuple[Grey, Rectangle]:
    """The film with a name and a date drawn into it, and where they are."""
    font = ImageFont.load_default(size)
    right, bottom = (int(edge) for edge in font.getbbox("ZZ 12.03.2021")[2:])
    tile = Image.new("L", (right + 4, bottom + 4))
    ImageDraw.Draw(tile).text((2, 2), "ZZ 12.03.2021", 255, font=font)
    tile = tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirror else tile
    ink = np.asarray(tile.rotate(turn, expand=True)) / 255
    (top, left), (height, width) = at, ink.shape
    drawn = base.copy()
    under = drawn[top : top + height, left : left + width]
    drawn[top : top + height, left : left + width] = np.round(under * (1 - ink) + value * ink)
    return drawn, (left, top, width, height)


def covered(boxes: list[Rectangle], text: Rectangle) -> float:
    """The share of the text's box that lies under suspected boxes."""
    left, top, width, height = text
    under = np.zeros((height, width), dtype=bool)
    for x, y, w, h in boxes:
        under[max(y - top, 0) : max(y + h - top, 0), max(x - left, 0) : max(x + w - left, 0)] = True
    return float(under.mean())


@pytest.mark.parametrize("mirror", [False, True], ids=["", "mirrored"])
@pytest.mark.parametrize("turn", TURNS)
def test_bright_text_on_air_is_found_any_way_round(turn: str, mirror: bool) -> None:
    drawn, text = with_text(film(), (300, 395), value=4095, turn=TURNS[turn], mirror=mirror, size=14)
    assert covered(suspected_text(drawn), text) > (0.4 if turn == "askew" else 0.8)


@pytest.mark.parametrize("mirror", [False, True], ids=["", "mirrored"])
@pytest.mark.parametrize("turn", ["upright", "left", "upside down", "right"])
def test_dark_text_on_bone_is_found_any_way_round(turn: str, mirror: bool) -> None:
    drawn, text = with_text(film(), (300, 70), value=0, turn=TURNS[turn], mirror=mirror, size=18)
    assert covered(suspected_text(drawn), text) > 0.4


def test_dark_text_on_a_black_border_is_found() -> None:
    base = film()
    base[:60] = 0
    drawn, text = with_text(base, (15, 100), value=12)
    assert covered(suspected_text(drawn), text) > 0.8


def test_a_polarity_turned_round_changes_nothing() -> None:
    drawn, text = with_text(film(), (300, 395), value=4095, size=14)
    assert covered(suspected_text((4095 - drawn).astype(np.uint16)), text) > 0.8


def test_signed_values_are_searched_too() -> None:
    drawn, text = with_text(film(), (300, 395), value=4095, size=14)
    assert covered(suspected_text((drawn.astype(np.int32) - 2048).astype(np.int16)), text) > 0.8


@pytest.mark.parametrize("seed", range(4))
def test_a_film_without_text_raises_no_suspicion(seed: int) -> None:
    assert suspected_text(film(seed)) == []


@pytest.mark.parametrize("letter", ["L", "R"])
@pytest.mark.parametrize("turn", TURNS)
def test_a_letter_of_the_side_that_stands_alone_is_distinguished_from_text(turn: str, letter: str) -> None:
    seen = suspected(with_letters(letter, TURNS[turn]))
    assert (seen.text, len(seen.side_letters)) == ([], 1)
    assert seen.letters == [letter]


@pytest.mark.parametrize("letters", ["LT", "R 7", "S", "X"])
def test_anything_more_or_else_stays_suspected_text(letters: str) -> None:
    seen = suspected(with_letters(letters, 0))
    assert seen.text
    assert seen.side_letters == []


def test_the_closed_part_of_a_letter_in_a_line_of_text_is_no_side_marker() -> None:
    plate = Image.fromarray(np.random.default_rng(1).integers(480, 520, (300, 900), dtype=np.uint16).astype(np.float32))
    ImageDraw.Draw(plate).text((90, 80), "01-001 ZZ CANARY 2025-11-03", 4095, font=ImageFont.load_default(50))
    seen = suspected(np.asarray(plate).astype(np.uint16))
    assert seen.text
    assert (seen.side_letters, seen.letters) == ([], [])


def test_a_side_marker_above_small_initials_stays_a_side_marker() -> None:
    plate = Image.fromarray(np.random.default_rng(1).integers(480, 520, (500, 500), dtype=np.uint16).astype(np.float32))
    draw = ImageDraw.Draw(plate)
    draw.text((200, 200), "L", 4095, font=ImageFont.load_default(80))
    draw.text((203, 283), "JKM", 4095, font=ImageFont.load_default(16))
    seen = suspected(np.asarray(plate).astype(np.uint16))
    assert (len(seen.text), seen.letters) == (1, ["L"])


def with_letters(letters: str, turn: int) -> Grey:
    """The film with large letters on air."""
    tile = Image.new("L", (150, 150))
    ImageDraw.Draw(tile).text((45, 45), letters, 255, font=ImageFont.load_default(46))
    ink = np.asarray(tile.rotate(turn)) / 255
    drawn = film()
    under = drawn[300:450, 340:490]
    drawn[300:450, 340:490] = np.round(under * (1 - ink) + 4095 * ink)
    return drawn


@pytest.mark.parametrize("value", [0, 7, 65535])
def test_an_empty_film_raises_no_suspicion(value: int) -> None:
    assert suspected_text(np.full((128, 100), value, dtype=np.uint16)) == []
