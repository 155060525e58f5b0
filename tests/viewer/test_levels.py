"""Whatever a header says, readers get unsigned levels in which larger is brighter, and the same picture."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.errors import BadInput
from imaging.levels import Lut, NormalForm, StoredPixels, normalise, preview, quarter, render8

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def dicom_greys(stored: StoredPixels) -> np.ndarray:
    """PS3.3 C.11 written out in floating point for a rescaled image with a LINEAR window, polarity last."""
    modality = stored.pixels.astype(np.float64) * stored.rescale_slope + stored.rescale_intercept
    center, width = stored.window_center or 0, stored.window_width or 1
    shown = np.clip((modality - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
    return (1 - shown if stored.photometric == "MONOCHROME1" else shown) * 255


def shown(form: NormalForm) -> np.ndarray:
    return render8(form.levels, form.window_center, form.window_width).astype(np.float64)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("slope", [1.0, -10.0, 0.5, 2.0])
@pytest.mark.parametrize("signed", [False, True])
def test_the_default_window_shows_what_dicom_says(photometric: str, slope: float, signed: bool) -> None:
    pixels = RAMP.astype(np.int16) - 2048 if signed else RAMP
    middle = slope * float(pixels.mean()) + 7
    stored = StoredPixels(
        pixels, photometric, 12, signed, slope, 7.0, window_center=middle, window_width=abs(slope) * 900 + 1
    )
    assert np.abs(shown(normalise(stored)) - dicom_greys(stored)).max() <= 1


@given(bits=st.integers(1, 16), signed=st.booleans(), photometric=st.sampled_from(["MONOCHROME1", "MONOCHROME2"]))
def test_no_two_stored_values_become_one(bits: int, signed: bool, photometric: str) -> None:
    low = -(1 << (bits - 1)) if signed else 0
    pixels = np.arange(low, low + (1 << bits), dtype=np.int32).reshape(1, -1)
    levels = normalise(StoredPixels(pixels, photometric, bits, signed)).levels.astype(np.int64)
    assert set(np.diff(levels[0])) <= {1 if photometric == "MONOCHROME2" else -1}
    assert levels.min() == 0


def test_monochrome1_is_turned_round_once() -> None:
    assert (normalise(StoredPixels(RAMP, "MONOCHROME1", 12)).levels == 4095 - RAMP).all()


def test_a_negative_slope_and_monochrome1_cancel() -> None:
    assert (normalise(StoredPixels(RAMP, "MONOCHROME1", 12, rescale_slope=-1.0)).levels == RAMP).all()


def test_bits_above_those_stored_are_no_picture() -> None:
    assert (normalise(StoredPixels(RAMP | 0x8000, "MONOCHROME2", 12)).levels == RAMP).all()


def test_an_exact_linear_window_is_the_same_window_in_other_words() -> None:
    form = normalise(
        StoredPixels(RAMP, "MONOCHROME2", 12, window_center=2000, window_width=800, voi_function="LINEAR_EXACT")
    )
    assert (form.window_center, form.window_width) == (2000.5, 801)


def test_a_voi_table_wins_over_the_window_and_is_shown_whole() -> None:
    table = Lut(first=100, values=np.arange(0, 1024, dtype=np.uint16), bits=10)
    form = normalise(StoredPixels(RAMP, "MONOCHROME2", 12, voi_lut=table, window_center=1, window_width=2))
    assert (form.levels == np.clip(RAMP.astype(int) - 100, 0, 1023)).all()
    assert (form.window_center, form.window_width) == (512.0, 1024)


def test_a_sigmoid_is_tabulated_with_its_middle_at_half() -> None:
    form = normalise(
        StoredPixels(RAMP, "MONOCHROME2", 12, window_center=2000, window_width=500, voi_function="SIGMOID")
    )
    assert form.levels[RAMP == 2000] == 32768
    assert (np.diff(form.levels.ravel().astype(int)) >= 0).all()


def test_a_modality_table_replaces_the_rescale() -> None:
    table = Lut(first=0, values=(np.arange(4096) * 16).astype(np.uint16), bits=16)
    assert (
        normalise(StoredPixels(RAMP, "MONOCHROME2", 12, rescale_slope=9.0, modality_lut=table)).levels == RAMP * 16
    ).all()


def test_padding_is_black_and_left_out_of_the_window() -> None:
    pixels = RAMP.copy()
    pixels[:32] = 4095
    form = normalise(StoredPixels(pixels, "MONOCHROME2", 12, padding=(4095, 4095)))
    assert (form.levels[:32] == 0).all()
    assert form.window_center > 2048 + 500


@pytest.mark.parametrize(("center", "width"), [(None, None), (2000.0, 0.0), (-9e5, 10.0), (float("nan"), 100.0)])
def test_without_a_usable_window_percentiles_decide(center: float | None, width: float | None) -> None:
    form = normalise(StoredPixels(RAMP, "MONOCHROME2", 12, window_center=center, window_width=width))
    assert abs(form.window_center - 2048) <= 2
    assert abs(form.window_width - 0.98 * 4096) <= 4


def test_a_picture_of_one_value_has_a_window() -> None:
    form = normalise(StoredPixels(np.full((3, 3), 9, np.uint16), "MONOCHROME2", 12))
    assert form.window_width >= 1


def test_a_quarter_is_the_rounded_mean_of_two_by_two_boxes_twice() -> None:
    levels = np.array([[0, 1, 65535, 65535, 9]], dtype=np.uint16)
    assert quarter(levels).tolist() == [[(1 + 65535 + 1 + 65535 + 2) // 4, 9]]


def test_the_preview_is_a_small_jpeg_that_says_nothing_else() -> None:
    form = normalise(StoredPixels(np.tile(RAMP, (40, 30)), "MONOCHROME2", 12))
    image = Image.open(io.BytesIO(preview(form)))
    assert (image.format, image.mode, max(image.size)) == ("JPEG", "L", 640)
    assert not image.getexif()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"photometric": "RGB"}, "PhotometricInterpretation is RGB. Only MONOCHROME1 and MONOCHROME2 can be read."),
        ({"bits_stored": 17}, "BitsStored is 17. It must be from 1 to 16."),
        ({"rescale_slope": 0.0}, "RescaleSlope is 0 and RescaleIntercept is 0."),
        ({"pixels": np.zeros((2, 2, 3), np.uint16)}, "The pixels have the shape 2 x 2 x 3."),
        ({"voi_lut": Lut(0, np.zeros(0, np.uint16), 12)}, "The VOI LUT has 0 entries of 12 bits."),
    ],
)
def test_what_cannot_be_shown_rightly_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        normalise(dataclasses.replace(StoredPixels(RAMP, "MONOCHROME2", 12), **wrong))  # type: ignore[arg-type]
