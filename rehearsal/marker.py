"""The parts of a film other than anatomy: the lead marker, the collimated border, and burned-in text."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rehearsal.anatomy import Point, Side
from rehearsal.raster import Field
from rehearsal.subject import SyntheticVisit

LEAD = 2.6
PLASTIC = 0.14
TAB: Point = (32.0, 22.0)
LETTER = 8.5
BORDER = 0.93


def add_marker(absorption: Field, side: Side, place: Point, visit: SyntheticVisit, spacing: float) -> None:
    """Places a lead letter on its plastic tab in the beam, slightly tilted and at a different place on each film."""
    stream = visit.stream("marker")
    turn = float(stream.normal(14, 4)) * (1 if stream.random() < 0.5 else -1)
    x, y = np.asarray(place) + stream.normal(0, 1.5, 2)
    tab = np.asarray(draw_tab(side, spacing).rotate(turn, Image.Resampling.BICUBIC, expand=True))
    top, left = round(y / spacing) - tab.shape[0] // 2, round(x / spacing) - tab.shape[1] // 2
    top, left = max(top, 0), min(max(left, 0), absorption.shape[1] - tab.shape[1])
    absorption[top : top + tab.shape[0], left : left + tab.shape[1]] += tab


def collimate(film: Field, visit: SyntheticVisit, spacing: float, *, black: bool) -> None:
    """Draws the collimator: a border that the beam did not reach, slightly skewed, with a soft edge."""
    stream = visit.stream("collimation")
    wide = stream.uniform(1.5, 4.5, 4) / spacing
    skew = stream.uniform(-0.003, 0.003, 4)
    rows, cols = film.shape
    x, y = np.arange(cols, dtype=np.float32), np.arange(rows, dtype=np.float32)
    value = np.float32(0.0 if black else BORDER)
    borders = ((film, x), (film[::-1], x), (film.T, y), (film.T[::-1], y))
    for (lines, along), edge, tilt in zip(borders, wide, skew, strict=True):
        deep = int(edge + abs(tilt) * along.size + 10)
        open_ = np.clip((np.arange(deep)[:, None] - edge - tilt * along) * (spacing / 0.5), 0, 1)
        lines[:deep] = value + (lines[:deep] - value) * open_


def burn_in(film: Field, text: str, spacing: float) -> None:
    """Burns white text into the film near its upper left corner, as some consoles do."""
    image = Image.new("F", film.shape[::-1], 0.0)
    ImageDraw.Draw(image).text((9 / spacing, 8 / spacing), text, fill=1.0, font=font(5 / spacing))
    np.maximum(film, np.asarray(image) * np.float32(0.98), out=film)


@lru_cache(maxsize=4)
def draw_tab(side: Side, spacing: float) -> Image.Image:
    width, height = (round(size / spacing) for size in TAB)
    image = Image.new("F", (width, height), PLASTIC)
    draw = ImageDraw.Draw(image)
    draw.text((width / 2, height / 2), side, fill=PLASTIC + LEAD, font=font(LETTER / spacing), anchor="mm")
    return image


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)
