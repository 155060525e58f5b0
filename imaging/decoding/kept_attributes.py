"""The parts of a sender's header that the allow-list keeps: checked values, rewritten so that nothing else remains."""

from __future__ import annotations

import math

from pydicom.dataset import Dataset

from imaging.allow_list import CODED, NUMBERS, PATTERNS, REGION_OF_PART, WORDS, Code
from imaging.decoding.header import numbers, text


def kept_word(dataset: Dataset, keyword: str) -> str:
    """The code word, or empty when it is not one of the closed set."""
    word = text(dataset, keyword).upper()
    return word if word in WORDS[keyword] else ""


def kept_words(dataset: Dataset, keyword: str) -> list[str]:
    """All values of an attribute with a pattern, or none of them."""
    try:
        value = dataset.get(keyword) or []
        many = [value] if isinstance(value, str) else [str(item) for item in value]
    except Exception:  # noqa: BLE001
        return []
    return many if 1 <= len(many) <= 2 and all(PATTERNS[keyword](word) for word in many) else []


def kept_numbers(dataset: Dataset, keyword: str) -> list[float]:
    """The bounded, rounded numbers, or none if one is out of bounds, missing or not finite."""
    rule = NUMBERS[keyword]
    found = numbers(dataset, keyword)
    if rule.count == 1:
        found = found[:1]
    if len(found) != rule.count or not all(rule.least <= value <= rule.most for value in found):
        return []
    return [rounded(value, rule.digits) for value in found]


def rounded(value: float, digits: int) -> float:
    """The number rounded to significant digits."""
    return 0.0 if value == 0 else round(value, digits - 1 - math.floor(math.log10(abs(value))))


def kept_code(dataset: Dataset, keyword: str) -> Code | None:
    """Our own code for the sender's; its meaning text comes from our table."""
    try:
        items = dataset.get(keyword) or []
        code = CODED[keyword].get((text(items[0], "CodeValue"), text(items[0], "CodingSchemeDesignator")))
    except Exception:  # noqa: BLE001
        code = None
    if code is None and keyword == "AnatomicRegionSequence":
        return REGION_OF_PART.get(kept_word(dataset, "BodyPartExamined"))
    return code


def window(dataset: Dataset) -> tuple[float, float] | None:
    """The first window if it is usable: finite, with a positive width."""
    center, width = kept_numbers(dataset, "WindowCenter"), kept_numbers(dataset, "WindowWidth")
    return (center[0], width[0]) if center and width and width[0] > 0 else None


def padding(dataset: Dataset, *, bits_stored: int, signed: bool) -> tuple[int, int] | None:
    """The inclusive range of stored values that are not part of the picture."""
    found = kept_numbers(dataset, "PixelPaddingValue")
    if not found:
        return None
    limit = kept_numbers(dataset, "PixelPaddingRangeLimit") or found
    low, high = sorted((int(found[0]), int(limit[0])))
    least = -(1 << (bits_stored - 1)) if signed else 0
    return (low, high) if least <= low and high < least + (1 << bits_stored) else None


def spacing_mm(dataset: Dataset) -> list[float]:
    """Row and column spacing at the body: calibrated PixelSpacing, else at the detector over the magnification."""
    pixel, imager = kept_numbers(dataset, "PixelSpacing"), kept_numbers(dataset, "ImagerPixelSpacing")
    if pixel and pixel != imager:
        return pixel
    magnification = (kept_numbers(dataset, "EstimatedRadiographicMagnificationFactor") or [1.0])[0]
    return [rounded(value / magnification, 3) for value in imager or pixel]
