"""Every look-up table and window shows what the standard says, grey for grey, by a second rendering written here.

The second rendering is plain numpy from the text of PS3.3 C.11 and shares no code with ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from imaging.decoding.load import Loaded
from imaging.decoding.picture import inverted
from imaging.levels import normalise, render8
from tests.imaging.decoding.reading import findings, read
from tests.studies.films import Grey, dx, file_of, picture, plain

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LookupTable:
    """A look-up table as the standard means it, and how its descriptor's second value and its entries are written."""

    first: int
    values: Grey
    bits: int
    vr: str = "US"
    entry: str = "<u2"

    def item(self) -> Dataset:
        item = Dataset()
        written = self.first & 0xFFFF if self.vr == "US" else self.first
        item.add_new(Tag("LUTDescriptor"), self.vr, [self.values.size & 0xFFFF, written, self.bits])
        item.add_new(Tag("LUTData"), "OW", self.values.astype(self.entry).tobytes())
        return item

    def of(self, inputs: Floats) -> Floats:
        """C.11.1.1 and C.11.2.1.1: below the first mapped value its entry, past the end the last one."""
        places = np.clip(np.rint(inputs) - self.first, 0, self.values.size - 1).astype(int)
        found: Floats = self.values[places].astype(np.float64)
        return found


def curve(count: int, bits: int, power: float = 0.6) -> Grey:
    """Entries that rise from nought to the top of their bits."""
    rising: Grey = np.rint((np.arange(count) / (count - 1)) ** power * ((1 << bits) - 1)).astype(np.uint16)
    return rising


def windowed(x: Floats, center: float, width: float, function: str) -> Floats:
    """C.11.2.1.2 and C.11.2.1.3, with an output from 0 to 255."""
    if function == "SIGMOID":
        return 255 / (1 + np.exp(-4 * (x - center) / width))
    if function == "LINEAR_EXACT":
        low, high, slope = center - width / 2, center + width / 2, (x - center) / width + 0.5
    else:
        low, high = center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
        slope = (x - (center - 0.5)) / (width - 1) + 0.5
    return np.where(x <= low, 0, np.where(x > high, 255, slope * 255))


@dataclass(frozen=True)
class RenderingCase:
    """A film and what the standard makes of it."""

    pixels: Grey
    bits: int = 12
    photometric: str = "MONOCHROME2"
    slope: float = 1
    intercept: float = 0
    modality: LookupTable | None = None
    voi: LookupTable | None = None
    window: tuple[float, float] | None = None
    function: str = "LINEAR"

    def expected(self) -> Floats:
        x = self.pixels.astype(np.float64)
        x = self.modality.of(x) if self.modality else x * self.slope + self.intercept
        if self.voi:
            shown = self.voi.of(x) / ((1 << self.voi.bits) - 1) * 255
        else:
            assert self.window is not None
            shown = windowed(x, *self.window, self.function)
        return 255 - shown if self.photometric == "MONOCHROME1" else shown

    def dataset(self) -> Dataset:
        values: dict[str, Any] = {"PhotometricInterpretation": self.photometric, "VOILUTFunction": self.function}
        center, width = self.window or (None, None)
        ds = dx(self.pixels, bits=self.bits, WindowCenter=center, WindowWidth=width, **values)
        if (self.slope, self.intercept) != (1, 0):
            ds.RescaleSlope, ds.RescaleIntercept = str(self.slope), str(self.intercept)
        if self.modality:
            ds.ModalityLUTSequence = [self.modality.item()]
        if self.voi:
            ds.VOILUTSequence = [self.voi.item()]
        return ds


PLAIN = picture()
SIGNED = (PLAIN.astype(np.int32) - 2048).astype(np.int16)
DEEP = picture(bits=16)
NARROW = PLAIN // np.uint16(32) + np.uint16(900)  # half a level more or less is seen in a narrow window
TABLE = curve(4096, 12)
CASES = {
    "table from nought": RenderingCase(PLAIN, voi=LookupTable(0, TABLE, 12)),
    "table past its ends": RenderingCase(PLAIN, voi=LookupTable(700, curve(1500, 16), 16)),
    "table, signed pixels, SS": RenderingCase(SIGNED, voi=LookupTable(-2048, TABLE, 12, "SS")),
    "table, signed pixels, US that wrapped": RenderingCase(SIGNED, voi=LookupTable(-2048, TABLE, 12)),
    "table, rescaled below nought, SS": RenderingCase(
        PLAIN, intercept=-2048, voi=LookupTable(-2048, curve(4096, 16), 16, "SS")
    ),
    "table, rescaled below nought, US that wrapped": RenderingCase(
        PLAIN, intercept=-2048, voi=LookupTable(-2048, curve(4096, 16), 16)
    ),
    "table, negative slope": RenderingCase(PLAIN, slope=-1, intercept=100, voi=LookupTable(-3995, curve(4096, 10), 10)),
    "table, fractional slope": RenderingCase(
        PLAIN, slope=0.5, intercept=-500, voi=LookupTable(-500, curve(2048, 12), 12)
    ),
    "table, 16 bits from 33000": RenderingCase(DEEP, bits=16, voi=LookupTable(33000, curve(32000, 12), 12)),
    "table, 16 bits from 33000, written as SS": RenderingCase(
        DEEP, bits=16, voi=LookupTable(33000 - 65536, curve(32000, 12), 12, "SS")
    ),
    "table of 65536 entries": RenderingCase(DEEP, bits=16, voi=LookupTable(0, curve(65536, 16), 16)),
    "table, MONOCHROME1": RenderingCase(SIGNED, photometric="MONOCHROME1", voi=LookupTable(-2048, TABLE, 12)),
    "table behind a modality table": RenderingCase(
        PLAIN, modality=LookupTable(0, curve(4096, 16, 0.8), 16), voi=LookupTable(40000, curve(20000, 12), 12)
    ),
    "table of 8 bits, two entries a word": RenderingCase(
        picture(bits=8), bits=8, voi=LookupTable(0, curve(256, 8), 8, entry="u1")
    ),
    "modality table, signed pixels": RenderingCase(
        SIGNED, modality=LookupTable(-2048, curve(4096, 16, 0.8), 16), window=(30000, 20000)
    ),
    "window": RenderingCase(PLAIN, window=(1800, 2500)),
    "window, signed and rescaled": RenderingCase(SIGNED, slope=2, intercept=-7, window=(-300, 3500)),
    "window, MONOCHROME1 and negative slope": RenderingCase(
        PLAIN, photometric="MONOCHROME1", slope=-10, intercept=5, window=(-20000, 15000)
    ),
    "window, fractional slope": RenderingCase(DEEP, bits=16, slope=0.0625, window=(2000, 1500)),
    "window, exact": RenderingCase(NARROW, window=(960, 30), function="LINEAR_EXACT"),
    "window, exact, rescaled, MONOCHROME1": RenderingCase(
        NARROW, photometric="MONOCHROME1", slope=2, intercept=-7, window=(1920, 60), function="LINEAR_EXACT"
    ),
    "sigmoid": RenderingCase(PLAIN, window=(1800, 2500), function="SIGMOID"),
    "sigmoid, signed, MONOCHROME1": RenderingCase(
        SIGNED, photometric="MONOCHROME1", window=(-200, 2500), function="SIGMOID"
    ),
    "sigmoid behind a modality table": RenderingCase(
        PLAIN, modality=LookupTable(0, curve(4096, 16, 0.8), 16), window=(30000, 20000), function="SIGMOID"
    ),
}
# The standard rescales 33000 to a signed number nowhere: as SS it is a slip of the writer, and still means 33000.
MEANT = {"table, 16 bits from 33000, written as SS": CASES["table, 16 bits from 33000"]}


def shown(loaded: Loaded, *, invert: bool = False) -> Floats:
    form = normalise(inverted(loaded.stored) if invert else loaded.stored)
    return render8(form.levels, form.window_center, form.window_width).astype(np.float64)


@pytest.mark.parametrize("implicit", [False, True], ids=["explicit", "implicit"])
@pytest.mark.parametrize("name", CASES)
def test_a_film_is_shown_as_the_standard_says(name: str, implicit: bool, tmp_path: Path) -> None:
    loaded = read(tmp_path, file_of(CASES[name].dataset(), implicit=implicit))
    assert np.abs(shown(loaded) - MEANT.get(name, CASES[name]).expected()).max() <= 1


@pytest.mark.parametrize("name", CASES)
def test_the_blind_copy_is_shown_in_the_same_greys(name: str, tmp_path: Path) -> None:
    content = file_of(CASES[name].dataset())
    findings(tmp_path, content)
    blind = read(tmp_path, (tmp_path / "out" / "blind.dcm").read_bytes())
    assert np.array_equal(shown(blind), shown(read(tmp_path, content)))


@pytest.mark.parametrize(
    "name", ["table past its ends", "table, MONOCHROME1", "sigmoid", "sigmoid, signed, MONOCHROME1"]
)
def test_a_film_inverted_at_the_desk_is_shown_in_the_opposite_greys(name: str, tmp_path: Path) -> None:
    loaded = read(tmp_path, file_of(CASES[name].dataset()))
    assert np.abs(255 - shown(loaded, invert=True) - CASES[name].expected()).max() <= 1


@pytest.mark.parametrize("name", CASES)
def test_an_ordinary_film_raises_no_finding_about_its_greys(name: str, tmp_path: Path) -> None:
    assert not {"almost-one-grey", "window-missed", "table-bits"} & set(
        findings(tmp_path, file_of(CASES[name].dataset()))
    )


def test_a_table_that_declares_more_bits_than_it_uses_is_shown_by_its_real_range_and_said(tmp_path: Path) -> None:
    case = RenderingCase(PLAIN, voi=LookupTable(0, TABLE, 16))
    loaded = read(tmp_path, file_of(case.dataset()))
    assert np.abs(shown(loaded) - RenderingCase(PLAIN, voi=LookupTable(0, TABLE, 12)).expected()).max() <= 1
    assert "16 bits" in findings(tmp_path, file_of(case.dataset()))["table-bits"]


def test_a_table_whose_entries_need_more_bits_than_declared_does_not_wrap(tmp_path: Path) -> None:
    case = RenderingCase(PLAIN, voi=LookupTable(0, curve(4096, 14), 12))
    loaded = read(tmp_path, file_of(case.dataset()))
    assert np.abs(shown(loaded) - RenderingCase(PLAIN, voi=LookupTable(0, curve(4096, 14), 14)).expected()).max() <= 1
    assert "table-bits" in findings(tmp_path, file_of(case.dataset()))


def binary() -> Grey:
    return np.where(PLAIN > 2000, np.uint16(4000), np.uint16(10))


@pytest.mark.parametrize(
    "case",
    {
        "a table beyond every pixel": RenderingCase(PLAIN, voi=LookupTable(20000, TABLE, 12)),
        "pixels of one value": RenderingCase(np.full_like(PLAIN, 900), window=(2000, 3000)),
        "pixels within a few greys": RenderingCase(PLAIN // np.uint16(64) + np.uint16(900), window=(2000, 4000)),
        "a sigmoid beside the picture": RenderingCase(PLAIN, window=(60000, 100), function="SIGMOID"),
        "black and white": RenderingCase(binary(), window=(2000, 3000)),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_picture_of_almost_one_grey_is_always_a_finding(case: tuple[str, RenderingCase], tmp_path: Path) -> None:
    assert "almost-one-grey" in findings(tmp_path, file_of(case[1].dataset()))


def within(low: int, high: int, kind: type[np.unsignedinteger[Any]]) -> Grey:
    """Noise between two levels."""
    noise: Grey = np.random.default_rng(1).integers(low, high + 1, PLAIN.shape).astype(kind)
    return noise


@pytest.mark.parametrize(
    "content",
    {
        "DICOM": file_of(dx(within(900, 920, np.uint16), WindowCenter=None, WindowWidth=None)),
        "PNG": plain("PNG", within(118, 138, np.uint8)),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_window_from_the_pixels_does_not_hide_that_they_are_almost_one_grey(
    content: tuple[str, bytes], tmp_path: Path
) -> None:
    assert "almost the same value" in findings(tmp_path, content[1])["almost-one-grey"]


def test_padding_does_not_hide_that_the_rest_is_one_grey(tmp_path: Path) -> None:
    pixels = np.full_like(PLAIN, 900)
    pixels[:40] = 4095
    ds = dx(pixels, PixelPaddingValue=4095)
    assert "almost-one-grey" in findings(tmp_path, file_of(ds))


def test_a_window_that_misses_every_pixel_is_replaced_and_said(tmp_path: Path) -> None:
    content = file_of(RenderingCase(PLAIN, window=(50000, 200)).dataset())
    greys = shown(read(tmp_path, content))
    assert np.percentile(greys, 95) - np.percentile(greys, 5) > 150
    assert "window-missed" in findings(tmp_path, content)


def test_a_decimal_comma_is_read_as_a_decimal_point_and_said(tmp_path: Path) -> None:
    content = file_of(dx(WindowCenter="1111.5", WindowWidth="2222.5", ImagerPixelSpacing=["0.15", "0.15"]))
    for point in (b"1111.5", b"2222.5", b"0.15"):
        content = content.replace(point, point.replace(b".", b","))
    loaded = read(tmp_path, content)
    assert (loaded.stored.window_center, loaded.stored.window_width) == (1111.5, 2222.5)
    recorded = findings(tmp_path, content)
    assert "decimal-comma" in recorded
    assert not {"window-ignored", "spacing-ignored"} & set(recorded)
