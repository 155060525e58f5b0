"""Constants written into a blind object, so that it is valid without any text from the sender."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from imaging import allow_list as rules
from imaging.allow_list import Code
from imaging.decoding import kept_attributes
from imaging.decoding.header import DicomFilm, text
from imaging.decoding.pixels import Pixels


def constants(film: DicomFilm, pixels: Pixels, *, looked_at: bool) -> dict[str, Any]:
    """Keyword to value, for attributes that the allow-list left empty. `looked_at`: a person searched for text."""
    methods = (*rules.METHODS, rules.METHOD_CLEAN_PIXELS) if looked_at else rules.METHODS
    found: dict[str, Any] = {
        "Modality": "OT",
        **rules.CONSTANTS,
        **rules.CONSTANTS_OF_CLASS[film.header.sop_class],
        "BurnedInAnnotation": "NO" if looked_at else "YES",
        "DeidentificationMethodCodeSequence": [coded(code) for code in methods],
        "LossyImageCompression": "01" if pixels.lossy or text(film.dataset, "LossyImageCompression") == "01" else "00",
    }
    if film.header.sop_class == rules.SECONDARY_CAPTURE:
        found["ConversionType"] = "WSD"
    if film.header.sop_class == rules.DX_PRESENTATION:
        found.update(digital_xray(film.dataset, pixels))
    return found


def coded(code: Code) -> Dataset:
    """A code sequence item with our own meaning text."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme, code.meaning
    return item


def digital_xray(original: Dataset, pixels: Pixels) -> dict[str, Any]:
    """Attributes that the DX modules require (PS3.3 C.8.11); only the photometric interpretation gives the polarity."""
    dark_is_large = pixels.photometric == "MONOCHROME1"
    sign = text(original, "PixelIntensityRelationshipSign")
    return {
        "PixelIntensityRelationship": "LIN",
        "PixelIntensityRelationshipSign": int(sign) if sign in ("1", "-1") else (1 if dark_is_large else -1),
        "PresentationLUTShape": "INVERSE" if dark_is_large else "IDENTITY",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        "RescaleType": "US",
        "ImageLaterality": "U",
        "AnatomicRegionSequence": [],
        "DetectorType": "",
        "PositionerType": "",
        "AcquisitionContextSequence": [],
        **({} if kept_attributes.window(original) or "VOILUTSequence" in original else whole_range(pixels)),
    }


def whole_range(pixels: Pixels) -> dict[str, str]:
    """The class requires a window or a table; without either, a window that shows every value."""
    least = -(1 << (pixels.bits_stored - 1)) if pixels.signed else 0
    width = 1 << pixels.bits_stored
    return {"WindowCenter": str(least + width // 2), "WindowWidth": str(width)}
