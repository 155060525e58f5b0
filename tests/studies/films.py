"""DICOM files and pictures for the tests: small, valid, and broken on purpose one thing at a time."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

DX = "1.2.840.10008.5.1.4.1.1.1.1"
CR = "1.2.840.10008.5.1.4.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
JPEG_BASELINE, JPEG_EXTENDED = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS, JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"
JPEG_LS, JPEG_LS_NEAR = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS, JPEG_2000, HTJ2K = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.201"
RLE, DEFLATED, BIG_ENDIAN = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
ROWS, COLUMNS = 96, 72

Grey = NDArray[Any]


def picture(rows: int = ROWS, columns: int = COLUMNS, bits: int = 12, seed: int = 1) -> Grey:
    """A smooth picture with noise that uses the whole range."""
    y, x = np.mgrid[0:rows, 0:columns]
    noise = np.random.default_rng(seed).integers(0, 8, x.shape)
    scaled = (x * 3 + y * 5) * ((1 << bits) - 9) // (columns * 3 + rows * 5)
    made: Grey = (scaled + noise).astype(np.uint8 if bits <= 8 else np.uint16)
    return made


def dx(pixels: Grey | None = None, *, bits: int = 12, **values: Any) -> Dataset:
    """A digital radiograph of a left hand; `values` overrides attributes, None removes one."""
    pixels = picture(bits=bits) if pixels is None else pixels
    ds = Dataset()
    ds.file_meta, ds.preamble = FileMetaDataset(), b"\x00" * 128
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = UID(DX), UID("1.2.3")
    allocated = pixels.dtype.itemsize * 8
    attributes = {
        "SOPClassUID": DX,
        "SOPInstanceUID": "1.2.826.0.1.3680043.8.498.1",
        "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.2",
        "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.3",
        "PatientName": "ZZ^Patient",
        "PatientID": "ZZ-0001",
        "Modality": "DX",
        "StudyDate": "20240131",
        "BodyPartExamined": "HAND",
        "ImageLaterality": "L",
        "ViewPosition": "PA",
        "ImagerPixelSpacing": [0.1, 0.1],
        "WindowCenter": 2000,
        "WindowWidth": 3000,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": allocated,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        **values,
    }
    for keyword, value in attributes.items():
        if value is not None:
            setattr(ds, keyword, value)
    data = pixels.tobytes()
    ds.add_new(Tag("PixelData"), "OW", data + b"\x00" * (len(data) % 2))
    return ds


def file_of(ds: Dataset, *, implicit: bool = False, meta: bool = True) -> bytes:
    """The bytes of a file; without `meta` only the data set, as some archives keep it."""
    if implicit:
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    out = io.BytesIO()
    if meta:
        ds.save_as(out, enforce_file_format=True)
    else:
        bare = Dataset(ds)
        bare.save_as(out, implicit_vr=implicit, little_endian=True)
    return out.getvalue()


def compressed(pixels: Grey, syntax: str, **values: Any) -> bytes:
    """A radiograph in a compressed transfer syntax."""
    bits = int(values.pop("bits", 12))
    return encapsulated(stream_of(pixels, syntax, bits), syntax, dx(pixels, bits=bits, **values))


def stream_of(pixels: Grey, syntax: str, bits: int = 12) -> bytes:
    """The code stream alone."""
    if syntax in (JPEG_LOSSLESS, JPEG_LOSSLESS_SV1):
        predictor = 1 if syntax == JPEG_LOSSLESS_SV1 else 6
        return bytes(imagecodecs.jpeg_encode(pixels, lossless=True, predictor=predictor, bitspersample=bits))
    if syntax in (JPEG_BASELINE, JPEG_EXTENDED):
        return bytes(imagecodecs.jpeg_encode(pixels, level=95, bitspersample=bits))
    if syntax in (JPEG_LS, JPEG_LS_NEAR):
        return bytes(imagecodecs.jpegls_encode(pixels, level=2 if syntax == JPEG_LS_NEAR else 0))
    if syntax == HTJ2K:
        return bytes(imagecodecs.htj2k_encode(pixels))
    if syntax == RLE:
        return rle(pixels)
    return bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True, bitspersample=bits))


def rle(pixels: Grey) -> bytes:
    """PS3.5 annex G: a header of 64 bytes, then a PackBits segment for each byte plane."""
    depth = pixels.dtype.itemsize
    planes = [((pixels >> (8 * k)) & 0xFF).astype(np.uint8).tobytes() for k in reversed(range(depth))]
    segments = [bytes(imagecodecs.packbits_encode(plane)) for plane in planes]
    segments = [segment + b"\x00" * (len(segment) % 2) for segment in segments]
    offsets = np.zeros(16, dtype="<u4")
    offsets[0] = depth
    at = 64
    for k, segment in enumerate(segments):
        offsets[k + 1] = at
        at += len(segment)
    return offsets.tobytes() + b"".join(segments)


def encapsulated(stream: bytes, syntax: str, ds: Dataset) -> bytes:
    """The stream as the one frame of the object."""
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.PixelData = encapsulate([stream], has_bot=False)
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    return file_of(ds)


def plain(form: str, pixels: Grey | None = None, **options: Any) -> bytes:
    """A JPEG, PNG or TIFF."""
    out = io.BytesIO()
    Image.fromarray(picture(bits=8) if pixels is None else pixels).save(out, form, **options)
    return out.getvalue()
