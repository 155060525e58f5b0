"""JPEG, PNG and TIFF: decoded to grey, rotated according to the orientation tag, with everything else dropped."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, ImageOps, PngImagePlugin, TiffImagePlugin

from imaging.decoding.deep_colour import is_deep_colour, read_deep_colour
from imaging.decoding.header import check_size
from imaging.decoding.limits import Limits
from imaging.decoding.pixels import Grey, Pixels, grey_of
from imaging.decoding.sniff import FileKind
from imaging.decoding.unreadable import Unreadable

ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
WHITE_IS_ZERO = 0


def read_plain(path: Path, kind: FileKind, limits: Limits) -> Pixels:
    """The one grey picture of the file, or Unreadable with a sentence."""
    if path.stat().st_size > limits.file:
        raise Unreadable(
            "file-too-large", f"The file has {path.stat().st_size:,} bytes. At most {limits.file:,} are allowed."
        )
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=(kind.upper(),)) as image:
                return pixels(path, image, kind, limits)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        text = f"The image has too many pixels. At most {limits.pixels:,} are allowed."
        raise Unreadable("image-size", text) from error
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise Unreadable(
            "damaged-image", f"The {kind.upper()} is damaged or cut short ({type(error).__name__})."
        ) from error


def pixels(path: Path, image: Image.Image, kind: FileKind, limits: Limits) -> Pixels:
    check_size(image.height, image.width, limits)
    if (frames := getattr(image, "n_frames", 1)) != 1:
        raise Unreadable("frames", f"The file has {frames} images. Send one image in each file.")
    if is_deep_colour(image):
        grey = read_deep_colour(path.read_bytes(), kind, image)
    else:
        grey = grey_pixels(ImageOps.exif_transpose(image), is_white_zero(image), lossy=kind == "jpeg")
    bits = grey.dtype.itemsize * 8
    return Pixels(grey, "MONOCHROME2", bits, bits, False, False, lossy=kind == "jpeg")


def grey_pixels(image: Image.Image, white_is_zero: bool, *, lossy: bool) -> Grey:
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"), dtype=np.uint8)
    if image.mode.startswith("I;16"):
        deep: Grey = np.asarray(image).astype(np.uint16)
        return np.bitwise_not(deep) if white_is_zero else deep
    if image.mode in ("RGB", "P"):
        return grey_of(np.asarray(image.convert("RGB")), lossy=lossy)
    if image.mode in ("RGBA", "LA"):
        if image.getchannel("A").getextrema() != (255, 255):
            raise Unreadable("photometric", "The image is partly transparent. Send it as opaque grey.")
        return grey_of(np.asarray(image.convert("RGB")), lossy=lossy)
    raise Unreadable("photometric", f"The image has the mode {image.mode}. Send it as grey with 8 or 16 bits.")


def is_white_zero(image: Image.Image) -> bool:
    """Pillow inverts 8-bit TIFFs whose white is zero, but not 16-bit ones."""
    tags = getattr(image, "tag_v2", {})
    return tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == WHITE_IS_ZERO
