"""The display parameters of a header, in the form that imaging/levels.py needs."""

from __future__ import annotations

from pydicom.dataset import Dataset

from imaging.decoding import kept_attributes
from imaging.decoding.findings import Finding, finding
from imaging.decoding.pixels import Pixels
from imaging.decoding.tables import lookup_tables
from imaging.levels import StoredPixels


def stored(dataset: Dataset, pixels: Pixels) -> StoredPixels:
    """Stored pixels with rescale, tables, window and padding; an unusable header value is treated as absent."""
    tables = lookup_tables(dataset, pixels)
    window = kept_attributes.window(dataset)
    return StoredPixels(
        pixels=pixels.values,
        photometric=pixels.photometric,
        bits_stored=pixels.bits_stored,
        signed=pixels.signed,
        rescale_slope=(kept_attributes.kept_numbers(dataset, "RescaleSlope") or [1.0])[0],
        rescale_intercept=(kept_attributes.kept_numbers(dataset, "RescaleIntercept") or [0.0])[0],
        modality_lut=tables.modality[0] if tables.modality else None,
        voi_lut=tables.voi[0] if tables.voi else None,
        window_center=window[0] if window else None,
        window_width=window[1] if window else None,
        voi_function=kept_attributes.kept_word(dataset, "VOILUTFunction") or "LINEAR",
        padding=kept_attributes.padding(dataset, bits_stored=pixels.bits_stored, signed=pixels.signed),
    )


def ignored(dataset: Dataset) -> list[Finding]:
    """Header values that were present and could not be used, in plain words; a person confirms the values instead."""
    notes = []
    if "WindowCenter" in dataset and kept_attributes.window(dataset) is None:
        notes.append(finding("window-ignored", "The window in the header is not a usable number. It is left out."))
    for keyword in ("ImagerPixelSpacing", "PixelSpacing"):
        if keyword in dataset and not kept_attributes.kept_numbers(dataset, keyword):
            text = f"{keyword} in the header is not between 0.02 and 1 mm. It is left out."
            notes.append(finding("spacing-ignored", text))
    return notes
