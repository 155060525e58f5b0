"""JPEG, PNG and TIFF: exact pixels, turned as they say, and nothing else of the file."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imaging.decoder.operations import perform
from tests.imaging.decoding.reading import BLIND, read, refused
from tests.studies.films import dx, file_of, picture, plain

PIXELS = picture(bits=8)
DEEP = picture(bits=16)
SECRETS = [b"SECRETNAME", b"2019:04:05 10:11:12", b"SECRETXMP", b"SECRETICC", b"SECRETTAIL", b"SECRETARTIST"]


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[274], tags[306], tags[315], tags[270] = orientation, "2019:04:05 10:11:12", "SECRETARTIST", "SECRETNAME"
    return tags.tobytes()


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("pixels", [PIXELS, DEEP], ids=["8 bits", "16 bits"])
def test_lossless_pictures_are_exact(form: str, pixels: np.ndarray, tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, plain(form, pixels)).pixels.values, pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_to_the_pixels(orientation: int, tmp_path: Path) -> None:
    turned = {
        1: PIXELS,
        2: PIXELS[:, ::-1],
        3: PIXELS[::-1, ::-1],
        4: PIXELS[::-1],
        5: PIXELS.T,
        6: np.rot90(PIXELS, -1),
        7: PIXELS[::-1, ::-1].T,
        8: np.rot90(PIXELS),
    }
    content = plain("PNG", PIXELS, exif=exif(orientation))
    assert np.array_equal(read(tmp_path, content).pixels.values, turned[orientation])


def test_nothing_but_pixels_goes_on(tmp_path: Path) -> None:
    text = PngInfo()
    text.add_text("Comment", "SECRETNAME")
    text.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
    files = {
        "a.jpg": plain("JPEG", exif=exif(6), xmp=b"SECRETXMP", icc_profile=b"SECRETICC", comment=b"SECRETNAME"),
        "a.png": plain("PNG", exif=exif(3), pnginfo=text, icc_profile=b"SECRETICC"),
        "a.tif": plain("TIFF", exif=exif(1), description="SECRETNAME", artist="SECRETARTIST"),
    }
    for name, content in files.items():
        folder = tmp_path / name
        folder.mkdir()
        source = tmp_path / f"source-{name}"
        source.write_bytes(content + b"SECRETTAIL")
        assert any(secret in source.read_bytes() for secret in SECRETS)
        perform({"operation": "deidentify", "input": str(source), "output_dir": str(folder), **BLIND})
        written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert (folder / "blind.png").exists()
        assert not [secret for secret in SECRETS if secret in written]


def test_grey_in_colour_channels_is_taken_and_colour_is_held(tmp_path: Path) -> None:
    grey = np.stack([PIXELS] * 3, axis=-1)
    assert np.array_equal(read(tmp_path, plain("PNG", grey)).pixels.values, PIXELS)
    grey[5, 5, 0] ^= 1
    refusal = refused(tmp_path, plain("PNG", grey))
    assert (refusal.reason_code, refusal.outcome) == ("colour", "held")


def deep_png(channels: int, alpha: int = 65535) -> bytes:
    """16 bits a channel: grey with alpha, red-green-blue, or both."""
    grey = [DEEP] if channels == 2 else [DEEP] * 3
    layers = [*grey, np.full_like(DEEP, alpha)] if channels in (2, 4) else grey
    return bytes(imagecodecs.png_encode(np.stack(layers, axis=-1)))


def deep_tiff() -> bytes:
    """16 bits a channel, red-green-blue, written by hand since Pillow cannot."""
    rows, columns = DEEP.shape
    data = np.stack([DEEP] * 3, axis=-1).astype("<u2").tobytes()
    entries = [(256, columns), (257, rows), (258, 122), (259, 1), (262, 2), (273, 128), (277, 3), (278, rows)]
    entries.append((279, len(data)))
    table = b"".join(struct.pack("<HHLL", tag, 4 if tag != 258 else 3, 1 if tag != 258 else 3, v) for tag, v in entries)
    head = b"II*\x00" + struct.pack("<LH", 8, len(entries)) + table + struct.pack("<L", 0)
    return head + struct.pack("<3H", 16, 16, 16) + data


@pytest.mark.parametrize(
    "content",
    [deep_png(2), deep_png(3), deep_png(4), deep_tiff()],
    ids=["grey and alpha", "RGB", "RGB and alpha", "TIFF"],
)
def test_a_picture_of_several_deep_channels_keeps_its_16_bits(content: bytes, tmp_path: Path) -> None:
    pixels = read(tmp_path, content).pixels
    assert np.array_equal(pixels.values, DEEP)
    assert pixels.bits_stored == 16


def test_a_deep_picture_is_refused_when_transparent_and_held_when_in_colour(tmp_path: Path) -> None:
    assert refused(tmp_path, deep_png(2, alpha=60000)).reason_code == "photometric"
    colour = np.stack([DEEP, DEEP, DEEP ^ np.uint16(4)], axis=-1)
    assert refused(tmp_path, bytes(imagecodecs.png_encode(colour))).reason_code == "colour"


def turned_png(orientation: int) -> bytes:
    """The orientation in a chunk of its own, before the pixels."""
    content, data = deep_png(3), exif(orientation).removeprefix(b"Exif\x00\x00")
    chunk = struct.pack(">L", len(data)) + b"eXIf" + data + struct.pack(">L", zlib.crc32(b"eXIf" + data))
    return content[:33] + chunk + content[33:]


def test_a_deep_picture_is_turned_as_it_says(tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, turned_png(6)).pixels.values, np.rot90(DEEP, -1))
    assert np.array_equal(read(tmp_path, turned_png(5)).pixels.values, DEEP.T)


def jpeg_of(blue: int, red: int) -> bytes:
    """A JPEG whose colour parts are that many steps off nought in places."""
    parts = np.full((3, *PIXELS.shape), 128, dtype=np.uint8)
    parts[0] = np.clip(PIXELS, 8, 247)
    parts[1, 40:80], parts[2, 40:80] = 128 + blue, 128 + red
    out = io.BytesIO()
    Image.fromarray(np.moveaxis(parts, 0, -1), "YCbCr").save(out, "JPEG", quality=100, subsampling=0)
    return out.getvalue()


@pytest.mark.parametrize(("blue", "red"), [(0, 0), (1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1)])
def test_a_jpeg_with_noise_in_its_colour_parts_is_grey(blue: int, red: int, tmp_path: Path) -> None:
    values = read(tmp_path, jpeg_of(blue, red)).pixels.values
    assert np.abs(values.astype(int) - np.clip(PIXELS, 8, 247)).max() <= 2


def test_a_jpeg_in_faint_colour_is_held(tmp_path: Path) -> None:
    assert refused(tmp_path, jpeg_of(8, -8)).reason_code == "colour"


def test_a_white_is_zero_tiff_of_16_bits_is_turned(tmp_path: Path) -> None:
    content = plain("TIFF", DEEP, tiffinfo={262: 0})
    assert np.array_equal(read(tmp_path, content).pixels.values, 65535 - DEEP)


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims `side` pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    size = struct.pack(">LLBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG whose compressed text inflates to 40 MB."""
    head, tail = plain("PNG")[:33], plain("PNG")[33:]
    data = b"Comment\x00\x00" + zlib.compress(b"\x00" * 40_000_000, 9)
    return head + struct.pack(">L", len(data)) + b"zTXt" + data + struct.pack(">L", zlib.crc32(b"zTXt" + data)) + tail


def animated(form: str) -> bytes:
    out = io.BytesIO()
    pictures = [Image.fromarray(picture(bits=8, seed=seed)) for seed in (1, 2)]
    pictures[0].save(out, form, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def cmyk() -> bytes:
    out = io.BytesIO()
    Image.merge("CMYK", [Image.fromarray(PIXELS)] * 4).save(out, "JPEG")
    return out.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "a bomb of 13,000 a side": (bomb(13_000), "image-size"),
    "a bomb of 8,000 a side": (bomb(8_000), "image-size"),
    "a bomb in a text": (text_bomb(), "damaged-image"),
    "too small": (plain("PNG", picture(20, 20, 8)), "image-size"),
    "two pictures in a TIFF": (animated("TIFF"), "frames"),
    "two pictures in a PNG": (animated("PNG"), "frames"),
    "a cut JPEG": (plain("JPEG")[:-400], "damaged-image"),
    "a cut PNG": (plain("PNG")[:-2000], "damaged-image"),
    "a cut TIFF": (plain("TIFF")[:3000], "damaged-image"),
    "a CMYK JPEG": (cmyk(), "photometric"),
    "a GIF": (plain("GIF"), "not-a-film"),
    "a WebP": (plain("WEBP"), "not-a-film"),
    "a PDF": (b"%PDF-1.7\n" + b"x" * 2000, "not-a-film"),
    "an SVG": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-film"),
    "HTML named .dcm": (b"<!DOCTYPE html><script>alert(1)</script>", "not-a-film"),
    "a program": (b"MZ" + b"\x00" * 500, "not-a-film"),
    "a gzip": (b"\x1f\x8b" + b"\x00" * 500, "not-a-film"),
    "an empty file": (b"", "empty-file"),
    "one byte": (b"\xff", "not-a-film"),
    "noise": (bytes(range(256)) * 20, "not-a-film"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_film_is_turned_away_with_its_reason(name: str, tmp_path: Path) -> None:
    content, code = REFUSED[name]
    assert refused(tmp_path, content).reason_code == code


def as_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("SECRETNAME.txt", "SECRETNAME" * 100)
    return out.getvalue()


HTML = b"<html><script>SECRETNAME</script></html>"
POLYGLOTS: dict[str, bytes] = {
    "JPEG and HTML": plain("JPEG", comment=HTML) + HTML,
    "PNG and zip": plain("PNG") + as_zip(),
    "program and DICOM": b"MZ" + HTML.ljust(126) + file_of(dx())[128:],
    "TIFF and DICOM": b"II*\x00" + HTML.ljust(124) + file_of(dx())[128:],
    "zip and DICOM": b"PK\x03\x04" + HTML.ljust(124) + file_of(dx())[128:],
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_the_other_half_of_a_polyglot_does_not_go_on(name: str, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(POLYGLOTS[name])
    (tmp_path / "out").mkdir()
    answer = perform(
        {"operation": "deidentify", "input": str(tmp_path / "film"), "output_dir": str(tmp_path / "out"), **BLIND}
    )
    assert "result" in answer
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"SECRETNAME" not in written
    assert b"<html" not in written
