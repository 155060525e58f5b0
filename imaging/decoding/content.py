"""Digests of the content of a DICOM file, the same whether its elements have implicit or explicit VR.

Both encode values identically in little endian; they differ in the headers of elements and the lengths of sequences.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from contextlib import suppress
from typing import Any

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from imaging.decoding.header import DicomFilm

PIXEL_DATA, PADDING = 0x7FE00010, 0xFFFCFFFC
BEGIN, END = b"[", b"]"
# The attributes that change when the pixels are losslessly compressed or decompressed, and no others.
OF_ENCODING = (
    "DerivationDescription",
    "DerivationCodeSequence",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "BitsAllocated",
    "LossyImageCompression",
)


def content_digest(film: DicomFilm) -> str:
    """SHA-256 over tags and values, sequences in order, and over the pixel bytes as they are in the file.

    Private elements, group lengths and padding are left out, because writers change them. Parts that the parser cannot
    read are digested as they are in the file.
    """
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return digest(film)
    return hashlib.sha256(film.data[film.structure.start : film.structure.end]).hexdigest()


def header_digest(film: DicomFilm) -> str:
    """SHA-256 over tags and values without the pixels, the same for every lossless encoding of them.

    Empty if the parser cannot read the header.
    """
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, dataset = hashlib.sha256(b"header"), header_of(film)
        for keyword in OF_ENCODING:
            dataset.pop(keyword, None)
        add(dataset, found)
        return found.hexdigest()
    return ""


def digest(film: DicomFilm) -> str:
    found = hashlib.sha256(film.syntax.name.encode() if film.structure.fragments else b"native")
    add(header_of(film), found)
    spans = [film.structure.native] if film.structure.native else list(film.structure.fragments)
    data = memoryview(film.data)
    for span in spans:
        found.update(data[span.start : span.start + span.length])
    return found.hexdigest()


def header_of(film: DicomFilm) -> Dataset:
    return pydicom.dcmread(io.BytesIO(film.data), force=True, stop_before_pixels=True)


def add(dataset: Dataset, found: Any) -> None:
    for tag in sorted(dataset.keys()):
        if tag.is_private or tag.element == 0 or tag in (PIXEL_DATA, PADDING):
            continue
        found.update(struct.pack("<L", tag))
        element = dataset.get_item(tag)
        if is_sequence(tag, element):
            for item in dataset[tag].value or ():
                found.update(BEGIN)
                add(item, found)
            found.update(END)
        else:
            value = element.value if isinstance(element.value, bytes) else str(element.value).encode()
            found.update(struct.pack("<L", len(value)) + value)


def is_sequence(tag: BaseTag, element: Any) -> bool:
    if isinstance(element, RawDataElement) and element.VR is None:
        try:
            return dictionary_VR(tag) == "SQ"
        except KeyError:
            return False
    return bool(element.VR == "SQ")
