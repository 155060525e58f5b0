"""The header of a film: every attribute that determines the pixels, checked before they are decoded."""

from __future__ import annotations

import io
import logging
import math
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.uid import UID

from config.wording import counted
from imaging.allow_list import DX_PROCESSING, SOP_CLASSES
from imaging.decoding.encoding import Structure
from imaging.decoding.findings import Finding, finding
from imaging.decoding.limits import Limits
from imaging.decoding.mended import mend
from imaging.decoding.structure import survey
from imaging.decoding.transfer_syntaxes import Syntax, syntax_of
from imaging.decoding.unreadable import Unreadable, shown

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})
UIDS = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")

# The parser's warnings quote the value that it could not read, so they must not be logged.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
logging.getLogger("pydicom").disabled = True


@dataclass(frozen=True)
class Header:
    """The attributes that determine how the pixel bytes are read."""

    sop_class: str
    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    planar: bool

    @property
    def bytes_native(self) -> int:
        """Length of the uncompressed pixels, without a pad byte."""
        return self.rows * self.columns * self.samples * self.bits_allocated // 8


@dataclass(frozen=True)
class DicomFilm:
    """A DICOM file that passed every check before decoding; `findings` lists what was read despite a fault."""

    data: bytes
    structure: Structure
    syntax: Syntax
    dataset: Dataset
    header: Header
    findings: tuple[Finding, ...] = ()


def read_dicom(path: Path, limits: Limits) -> DicomFilm:
    """Reads and checks; Unreadable names the attribute, its value and what is allowed."""
    if path.stat().st_size > limits.file:
        raise Unreadable(
            "file-too-large", f"The file has {path.stat().st_size:,} bytes. At most {limits.file:,} are allowed."
        )
    data = path.read_bytes()
    structure = survey(data, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(structure.parsable(data)), force=True)
    check_class(dataset)
    check_uids(dataset)
    header = checked_header(dataset, limits)
    syntax = syntax_of(structure.transfer_syntax or EXPLICIT_LITTLE_ENDIAN)
    excess = check_pixels(structure, syntax, header, data)
    mended = mend(dataset)
    check_rescale(dataset)
    return DicomFilm(data, structure, syntax, dataset, header, (*structure.findings, *excess, *mended))


def text(dataset: Dataset, keyword: str) -> str:
    """The attribute's first value as text; empty when absent or broken."""
    try:
        value = dataset.get(keyword)
    except Exception:  # noqa: BLE001
        return ""
    if isinstance(value, list | tuple | pydicom.multival.MultiValue):
        value = value[0] if len(value) else ""
    return str(value or "").strip()


def numbers(dataset: Dataset, keyword: str) -> list[float]:
    """All values of the attribute; empty when it is absent or any value is not a finite number."""
    try:
        value: Any = dataset.get(keyword)
        if value is None or value == "":
            return []
        many = value if isinstance(value, list | pydicom.multival.MultiValue) else [value]
        found = [float(item) for item in many]
    except Exception:  # noqa: BLE001
        return []
    return found if all(map(math.isfinite, found)) else []


def whole(dataset: Dataset, keyword: str) -> int:
    """The one whole number of a required attribute."""
    found = numbers(dataset, keyword)
    if keyword not in dataset:
        raise Unreadable("missing-attribute", f"{keyword} is missing.")
    if len(found) != 1 or found[0] != int(found[0]):
        raise Unreadable("bad-attribute", f"{keyword} is {shown(text(dataset, keyword))}. It must be one whole number.")
    return int(found[0])


def check_class(dataset: Dataset) -> None:
    uid = text(dataset, "SOPClassUID")
    if not uid:
        raise Unreadable("missing-attribute", "SOPClassUID is missing. The file is not an image, or it is cut short.")
    if uid not in SOP_CLASSES:
        known = UID(uid).name if UID(uid).is_valid and UID(uid).name != uid else shown(uid)
        raise Unreadable("sop-class", f"The object is {known}. It must be one of: {', '.join(SOP_CLASSES.values())}.")
    if uid == DX_PROCESSING:
        raise Unreadable("for-processing", "The image is raw data (for processing). Send the image for presentation.")


def check_uids(dataset: Dataset) -> None:
    for keyword in UIDS:
        uid = text(dataset, keyword)
        if not uid:
            raise Unreadable("missing-attribute", f"{keyword} is missing.")
        if not re.fullmatch(r"[0-9.]{1,64}", uid):
            raise Unreadable("bad-attribute", f"{keyword} is not a UID. A UID has at most 64 digits and dots.")


def checked_header(dataset: Dataset, limits: Limits) -> Header:
    if "NumberOfFrames" in dataset and whole(dataset, "NumberOfFrames") != 1:
        raise Unreadable("frames", f"NumberOfFrames is {whole(dataset, 'NumberOfFrames')}. It must be 1.")
    samples, photometric = whole(dataset, "SamplesPerPixel"), text(dataset, "PhotometricInterpretation")
    if photometric not in {1: GREY, 3: COLOUR}.get(samples, frozenset()):
        raise Unreadable(
            "photometric",
            f"PhotometricInterpretation is {shown(photometric)} with {samples} samples per pixel."
            " It must be MONOCHROME1 or MONOCHROME2 with 1 sample, or RGB or YBR with 3.",
        )
    header = Header(
        sop_class=text(dataset, "SOPClassUID"),
        rows=whole(dataset, "Rows"),
        columns=whole(dataset, "Columns"),
        samples=samples,
        photometric=photometric,
        bits_allocated=whole(dataset, "BitsAllocated"),
        bits_stored=whole(dataset, "BitsStored"),
        signed=representation(dataset),
        planar="PlanarConfiguration" in dataset and whole(dataset, "PlanarConfiguration") == 1,
    )
    check_size(header.rows, header.columns, limits)
    check_bits(header, whole(dataset, "HighBit"))
    return header


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """The picture's size, known before anything is decoded."""
    for name, side in (("Rows", rows), ("Columns", columns)):
        if not limits.side_least <= side <= limits.side_most:
            allowed = f"{limits.side_least:,} to {limits.side_most:,}"
            raise Unreadable("image-size", f"{name} is {side:,}. It must be from {allowed}.")
    if rows * columns > limits.pixels:
        raise Unreadable(
            "image-size", f"The image has {rows * columns:,} pixels. At most {limits.pixels:,} are allowed."
        )


def representation(dataset: Dataset) -> bool:
    value = whole(dataset, "PixelRepresentation")
    if value not in (0, 1):
        raise Unreadable("bad-attribute", f"PixelRepresentation is {value}. It must be 0 or 1.")
    return value == 1


def check_bits(header: Header, high_bit: int) -> None:
    allowed = (8,) if header.samples == 3 else (8, 16)
    if header.bits_allocated not in allowed:
        raise Unreadable(
            "bits", f"BitsAllocated is {header.bits_allocated}. It must be {' or '.join(map(str, allowed))}."
        )
    if not 1 <= header.bits_stored <= header.bits_allocated:
        raise Unreadable("bits", f"BitsStored is {header.bits_stored}. It must be from 1 to {header.bits_allocated}.")
    if high_bit != header.bits_stored - 1:
        raise Unreadable(
            "bits", f"HighBit is {high_bit}. It must be {header.bits_stored - 1}, one less than BitsStored."
        )


def check_pixels(structure: Structure, syntax: Syntax, header: Header, data: bytes) -> list[Finding]:
    if structure.native is None and not structure.fragments:
        raise Unreadable("pixels-missing", "The file has no pixel data, or it is cut short before the pixel data.")
    if (syntax.decoder == "native") != (structure.native is not None):
        raise Unreadable("transfer-syntax", f"The pixel data is not stored as {syntax.name} requires.")
    if structure.native is None:
        return []
    expected, length = header.bytes_native, structure.native.length
    if length in (expected, expected + expected % 2):
        return []
    beyond = data[structure.native.start + expected : structure.native.start + length]
    if length < expected or not is_padding(beyond, header):
        wanted = f"An image of {header.rows} x {header.columns} has {expected:,}."
        raise Unreadable("pixel-length", f"The pixel data has {length:,} bytes. {wanted}")
    padding = counted(length - expected, "byte of padding, which is", "bytes of padding, which are")
    return [finding("padding", f"The pixels are followed by {padding} left out.")]


def is_padding(beyond: bytes, header: Header) -> bool:
    """Less than a row of pixels, or one value throughout: a whole extra row means that the header's size is wrong."""
    return len(beyond) < header.bytes_native // header.rows or beyond == beyond[:1] * len(beyond)


def check_rescale(dataset: Dataset) -> None:
    for keyword in ("RescaleSlope", "RescaleIntercept"):
        found = numbers(dataset, keyword)
        present = keyword in dataset and dataset.get_item(keyword).value not in (None, b"", "")
        if present and (len(found) != 1 or (keyword == "RescaleSlope" and found[0] == 0)):
            raise Unreadable(
                "bad-attribute", f"{keyword} is {shown(text(dataset, keyword))}. It must be a finite number."
            )
