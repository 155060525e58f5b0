"""A question that no film can answer is refused in words: masks, blind codes and pixels are checked first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInput
from imaging.decoder.operations import perform
from imaging.masks import rectangles_of
from tests.imaging.decoding.reading import AnyUid
from tests.studies.films import dx, file_of


@pytest.mark.parametrize(
    ("masks", "says"),
    [
        ({"x": 1}, "The masks are not a list. Give a list of rectangles"),
        ([[1, 2, 3]], r"The mask “\[1, 2, 3\]” is not four numbers. Give x, y, width and height in pixels."),
        ([[90, 0, 5, 5]], "The mask 90, 0, 5, 5 is outside the film. Give one within 72 x 96 pixels."),
    ],
)
def test_a_mask_is_a_rectangle_on_the_film(masks: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        rectangles_of(masks, rows=96, columns=72)


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ({"operation": "deidentify", "blind_subject": "BR-Ü", "uids": AnyUid()}, "The blind subject code “BR-Ü”"),
        ({"operation": "render", "pixel_sha256": "0" * 64, "crops": {}}, "The pixels are not those that were approved"),
    ],
)
def test_a_film_is_neither_coded_nor_shown_otherwise_than_was_agreed(
    tmp_path: Path, job: dict[str, Any], says: str
) -> None:
    (tmp_path / "film").write_bytes(file_of(dx()))
    files = {"input": str(tmp_path / "film"), "output_dir": str(tmp_path / "out")}
    assert says in perform({**job, **files, "masks": []})["failed"]
