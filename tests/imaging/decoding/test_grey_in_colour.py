"""A grey film that was saved as a colour JPEG is accepted; a mark or tint in colour holds it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.imaging.decoding.reading import read, refused
from tests.studies.films import picture

GREY = np.clip(picture(256, 256, 8), 8, 247)
QUALITIES, SAMPLING = (60, 75, 85, 90, 95, 98), {"4:4:4": 0, "4:2:0": 2}


def jpeg(image: Image.Image, quality: int, sampling: str) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=SAMPLING[sampling])
    return out.getvalue()


def with_chroma(blue: np.ndarray, red: np.ndarray) -> Image.Image:
    return Image.fromarray(np.stack([GREY, 128 + blue, 128 + red], axis=-1).astype(np.uint8), "YCbCr")


@pytest.mark.parametrize("sampling", SAMPLING)
@pytest.mark.parametrize("quality", QUALITIES)
def test_chroma_that_is_one_level_off_everywhere_or_at_random_is_grey(
    quality: int, sampling: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(quality).integers(-1, 2, (2, *GREY.shape))
    even = np.ones_like(GREY, dtype=int)
    for image in (with_chroma(*noise), with_chroma(even, -even)):
        values = read(tmp_path, jpeg(image, quality, sampling)).pixels.values
        alone = np.asarray(Image.open(io.BytesIO(jpeg(Image.fromarray(GREY), quality, sampling))))
        assert np.abs(values.astype(int) - alone).max() <= 3


def marked(colour: tuple[int, int, int], mark: str) -> Image.Image:
    image = Image.fromarray(np.stack([GREY] * 3, axis=-1))
    draw = ImageDraw.Draw(image)
    if mark == "text":
        draw.text((40, 40), "L 12.03.25", fill=colour)
    elif mark == "line":
        draw.line((20, 30, 200, 230), fill=colour)
    else:
        draw.rectangle((100, 100, 103, 103), fill=colour)
    return image


@pytest.mark.parametrize("mark", ["text", "line", "dot"])
@pytest.mark.parametrize("colour", [(255, 255, 0), (255, 0, 0), (0, 90, 0)], ids=["yellow", "red", "dark green"])
@pytest.mark.parametrize("sampling", SAMPLING)
@pytest.mark.parametrize("quality", [60, 95])
def test_a_small_mark_in_colour_holds_the_film(
    quality: int, sampling: str, colour: tuple[int, int, int], mark: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, jpeg(marked(colour, mark), quality, sampling)).reason_code == "colour"


def test_a_tint_that_no_single_pixel_shows_holds_the_film(tmp_path: Path) -> None:
    tint = np.full_like(GREY, 4, dtype=int)
    assert refused(tmp_path, jpeg(with_chroma(tint, -tint), 98, "4:4:4")).reason_code == "colour"
