"""A blind object: a new data set made from the allow-list and our constants, never a cleaned copy."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

from config.errors import BadInput
from imaging import allow_list as rules
from imaging.confidentiality.constants import coded, constants
from imaging.confidentiality.report import DeidentificationReport, removed
from imaging.decoding import kept_attributes
from imaging.decoding.header import DicomFilm, text
from imaging.decoding.pixels import Pixels
from imaging.decoding.tables import lookup_tables, table_kind
from imaging.levels import Lut
from imaging.masks import Rectangle, cover

IMPLEMENTATION_CLASS_UID = "2.25.240906325206105337236489274417196380325"


# Returns the random UID that replaces an original one.
UidSource = Callable[[str], str]


def deidentify(
    film: DicomFilm,
    pixels: Pixels,
    *,
    blind_subject: str,
    uids: UidSource,
    masks: tuple[Rectangle, ...] | None,
    rules_version: str = rules.RULES_VERSION,
) -> tuple[bytes, DeidentificationReport]:
    """The blind object as a file, and the report. `masks` is None until a person has looked for burned-in text."""
    if not blind_subject.isascii() or not blind_subject.isprintable() or not 1 <= len(blind_subject) <= 64:
        raise BadInput(
            f"The blind subject code “{blind_subject}” is not valid. It must have 1 to 64 printable ASCII characters."
        )
    report = DeidentificationReport(rules_version, masks=len(masks or ()), looked_at=masks is not None)
    blind = Dataset()
    keep(film.dataset, blind, pixels, report)
    replace(film.dataset, blind, blind_subject, uids, report)
    for keyword, value in constants(film, pixels, looked_at=masks is not None).items():
        if keyword not in blind:
            setattr(blind, keyword, value)
            report.written.append(keyword)
    write_pixels(blind, pixels, masks)
    report.written.extend(sorted(rules.PIXEL_KEYWORDS))
    report.removed = removed(film, pixels, {*report.kept, *report.replaced, *report.written})
    return file(blind), report


def keep(original: Dataset, blind: Dataset, pixels: Pixels, report: DeidentificationReport) -> None:
    for keyword in sorted(rules.WORDS.keys() - {"ModalityLUTType", "PresentationLUTShape"}):
        put(blind, keyword, kept_attributes.kept_word(original, keyword), report)
    for keyword in rules.PATTERNS:
        put(blind, keyword, kept_attributes.kept_words(original, keyword), report)
    for keyword in sorted(rules.NUMBERS.keys() - {"PixelPaddingValue", "PixelPaddingRangeLimit"}):
        found = kept_attributes.kept_numbers(original, keyword)
        put(blind, keyword, [plain(value) for value in found], report)
    for keyword in rules.CODED:
        code = kept_attributes.kept_code(original, keyword)
        put(blind, keyword, [coded(code)] if code else [], report)
    keep_padding(original, blind, pixels, report)
    keep_tables(original, blind, pixels, report)


def put(blind: Dataset, keyword: str, value: Any, report: DeidentificationReport) -> None:
    if value not in ("", []):
        setattr(blind, keyword, value)
        report.kept.append(keyword)


def plain(value: float) -> str:
    """The shortest exact form, so that it fits the sixteen characters of a decimal string."""
    return str(int(value)) if value == int(value) else f"{value:.6g}"


def keep_padding(original: Dataset, blind: Dataset, pixels: Pixels, report: DeidentificationReport) -> None:
    found = kept_attributes.padding(original, bits_stored=pixels.bits_stored, signed=pixels.signed)
    if found is None:
        return
    vr = "SS" if pixels.signed else "US"
    blind.add_new(Tag("PixelPaddingValue"), vr, found[0])
    report.kept.append("PixelPaddingValue")
    if found[1] != found[0]:
        blind.add_new(Tag("PixelPaddingRangeLimit"), vr, found[1])
        report.kept.append("PixelPaddingRangeLimit")


def keep_tables(original: Dataset, blind: Dataset, pixels: Pixels, report: DeidentificationReport) -> None:
    tables = lookup_tables(original, pixels)
    for keyword, luts in zip(rules.TABLES, (tables.modality, tables.voi), strict=True):
        items = [table(lut) for lut in luts]
        if keyword == "ModalityLUTSequence" and items:
            kind = table_kind(original).upper()
            items = items[:1]
            items[0].ModalityLUTType = kind if kind in rules.WORDS["ModalityLUTType"] else "US"
        put(blind, keyword, items, report)
    if "ModalityLUTSequence" in blind:  # the standard allows the table or the rescale, not both
        for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
            if keyword in blind:
                delattr(blind, keyword)
                report.kept.remove(keyword)


def table(lut: Lut) -> Dataset:
    item, count = Dataset(), lut.values.size & 0xFFFF
    signed = lut.first < 0
    descriptor = [count - 65536 if signed and count > 32767 else count, lut.first, lut.bits]
    item.add_new(Tag("LUTDescriptor"), "SS" if signed else "US", descriptor)
    item.add_new(Tag("LUTData"), "OW", lut.values.astype("<u2").tobytes())
    return item


def replace(
    original: Dataset, blind: Dataset, blind_subject: str, uids: UidSource, report: DeidentificationReport
) -> None:
    blind.PatientName = blind.PatientID = blind_subject
    for keyword in rules.REPLACED_UIDS:
        setattr(blind, keyword, uids(text(original, keyword)))
    blind.SOPClassUID = UID(text(original, "SOPClassUID"))
    report.replaced.extend(["PatientName", "PatientID", *rules.REPLACED_UIDS])
    report.kept.append("SOPClassUID")


def write_pixels(blind: Dataset, pixels: Pixels, masks: tuple[Rectangle, ...] | None) -> None:
    values = cover(pixels.values, masks or (), bits_stored=pixels.bits_stored, signed=pixels.signed)
    blind.SamplesPerPixel = 1
    blind.PhotometricInterpretation = pixels.photometric
    blind.Rows, blind.Columns = values.shape
    blind.BitsAllocated, blind.BitsStored, blind.HighBit = (
        pixels.bits_allocated,
        pixels.bits_stored,
        pixels.bits_stored - 1,
    )
    blind.PixelRepresentation = int(pixels.signed)
    little = values.astype(np.dtype(values.dtype).newbyteorder("<"), copy=False).tobytes()
    blind.add_new(Tag("PixelData"), "OW", little + b"\x00" * (len(little) % 2))


def file(blind: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = blind.SOPClassUID
    meta.MediaStorageSOPInstanceUID = blind.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = "BLINDREAD"
    blind.file_meta, blind.preamble = meta, b"\x00" * 128
    out = io.BytesIO()
    dcmwrite(out, blind, enforce_file_format=True)
    return out.getvalue()
