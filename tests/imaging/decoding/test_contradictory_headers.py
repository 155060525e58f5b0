"""Where a header contradicts itself or misspells a value, the plain meaning is used and shown to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imaging.decoder.operations import perform
from imaging.decoding import facts
from tests.imaging.decoding.reading import findings, read, refused
from tests.studies.films import CR, SECONDARY_CAPTURE, Grey, dx, file_of, picture


def film(**values: Any) -> bytes:
    return file_of(dx(**values))


def facts_of(folder: Path, content: bytes) -> dict[str, Any]:
    source = folder / "inspected"
    source.write_bytes(content)
    found: dict[str, Any] = perform({"operation": "inspect", "input": str(source)})["result"]["facts"]
    return found


@pytest.mark.parametrize(
    ("word", "side"),
    [
        ("LEFT", "L"),
        ("HAND LEFT", "L"),
        ("left hand", "L"),
        ("RT", "R"),
        ("RIGHT_FOOT", "R"),
        ("RECHTS", "R"),
        ("BILATERAL", "B"),
        ("L/R", "B"),
    ],
)
@pytest.mark.parametrize("keyword", ["Laterality", "ImageLaterality"])
def test_a_side_in_words_is_understood_and_said(keyword: str, word: str, side: str, tmp_path: Path) -> None:
    content = film(SOPClassUID=CR, **({"ImageLaterality": None} | {keyword: word}))
    assert facts_of(tmp_path, content)["Side"] == side
    recorded = findings(tmp_path, content)
    assert "side-in-words" in recorded
    assert word not in recorded["side-in-words"]


def test_a_side_in_the_body_part_is_understood(tmp_path: Path) -> None:
    content = film(ImageLaterality=None, BodyPartExamined="HAND LEFT")
    seen = facts_of(tmp_path, content)
    assert (seen["Side"], seen["View"]) == ("L", "hand")
    assert {"side-in-words", "part-in-words"} <= set(findings(tmp_path, content))


@pytest.mark.parametrize("word", ["LATERAL", "UNPAIRED", "SMITH"])
def test_a_word_that_names_no_side_is_not_taken_for_one(word: str, tmp_path: Path) -> None:
    content = film(SOPClassUID=CR, ImageLaterality=None, Laterality=word)
    assert facts_of(tmp_path, content)["Side"] == ""


def test_dates_years_apart_are_said(tmp_path: Path) -> None:
    recorded = findings(tmp_path, film(AcquisitionDate="20190101", StudyDate="20250310"))
    assert "2019-01-01" in recorded["dates-contradict"]
    assert "2025-03-10" in recorded["dates-contradict"]


def test_a_study_opened_some_days_before_the_exposure_is_in_order(tmp_path: Path) -> None:
    assert findings(tmp_path, film(AcquisitionDate="20250314", StudyDate="20250310")) == {}


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"SOPClassUID": CR, "PresentationLUTShape": "INVERSE"}, True),
        ({"PresentationLUTShape": "INVERSE"}, True),
        ({"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "IDENTITY"}, True),
        ({"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}, False),
        ({"PresentationLUTShape": "IDENTITY"}, False),
        ({}, False),
    ],
)
def test_a_polarity_that_contradicts_itself_is_asked_for(values: dict[str, str], asked: bool, tmp_path: Path) -> None:
    assert ("polarity" in findings(tmp_path, film(**values))) == asked


@pytest.mark.parametrize("modality", ["NM", "CT"])
def test_a_film_captured_as_another_modality_is_shown_right_and_said(modality: str, tmp_path: Path) -> None:
    content = film(SOPClassUID=SECONDARY_CAPTURE, Modality=modality)
    loaded = read(tmp_path, content)
    assert np.array_equal(loaded.pixels.values, picture())
    assert (loaded.stored.window_center, loaded.stored.window_width) == (2000, 3000)
    assert modality in findings(tmp_path, content)["modality"]


def stretched(pixels: Grey) -> Grey:
    """Rows doubled, by the standard's meaning of 2 to 1: the middle of each pixel stays where it is."""
    rows, columns = pixels.shape
    at = (np.arange(2 * rows) + 0.5) / 2 - 0.5
    grown: Grey = np.stack([np.interp(at, np.arange(rows), pixels[:, k]) for k in range(columns)], axis=1)
    return grown


@pytest.mark.parametrize(
    "values",
    [
        {"PixelAspectRatio": [2, 1], "ImagerPixelSpacing": None},
        {"ImagerPixelSpacing": [0.2, 0.1]},
        {"ImagerPixelSpacing": None, "PixelSpacing": [0.2, 0.1]},
    ],
    ids=["aspect ratio", "detector spacing", "spacing"],
)
def test_pixels_that_are_not_square_are_shown_in_their_true_proportions(values: dict[str, Any], tmp_path: Path) -> None:
    content = film(**values)
    loaded = read(tmp_path, content)
    assert loaded.pixels.values.shape == (192, 72)
    assert np.abs(loaded.pixels.values - stretched(picture())).max() <= 1
    assert "pixels-not-square" in findings(tmp_path, content)
    expected = [0.1, 0.1] if len(values) == 1 or "PixelSpacing" in values else []
    assert facts_of(tmp_path, content)["SpacingMM"] == expected


def test_the_blind_copy_of_a_stretched_film_is_square_and_not_stretched_again(tmp_path: Path) -> None:
    content = film(PixelAspectRatio=[2, 1], ImagerPixelSpacing=None)
    findings(tmp_path, content)
    blind = read(tmp_path, (tmp_path / "out" / "blind.dcm").read_bytes())
    assert np.array_equal(blind.pixels.values, read(tmp_path, content).pixels.values)


def test_padding_is_not_mixed_into_the_picture_beside_it(tmp_path: Path) -> None:
    pixels = picture()
    pixels[:50] = 4095
    values = read(
        tmp_path, file_of(dx(pixels, PixelPaddingValue=4095, PixelAspectRatio=[2, 1], ImagerPixelSpacing=None))
    )
    assert set(np.unique(values.pixels.values[:100])) == {4095}
    assert values.pixels.values[100:].max() <= pixels[50:].max()


def test_a_stretched_picture_keeps_to_the_limits(tmp_path: Path) -> None:
    tall = picture(5000, 64)
    assert refused(tmp_path, file_of(dx(tall, PixelAspectRatio=[2, 1], ImagerPixelSpacing=None))).reason_code == (
        "image-size"
    )


def test_the_day_of_a_film_is_the_first_that_exists_in_the_calendar() -> None:
    ds = dx(AcquisitionDate="20250230", SeriesDate="20250301")
    assert facts.film_date(ds) == ("2025-03-01", "SeriesDate")
