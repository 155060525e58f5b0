"""16-bit PNG and TIFF with several channels: Pillow would reduce them to 8 bits, so they are decoded here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image

from imaging.decoding.pixels import Grey, grey_of
from imaging.decoding.sniff import FileKind
from imaging.decoding.unreadable import Unreadable

ORIENTATION = 274
OPAQUE = 65535
# What each value of the orientation tag requires, on an array of rows and columns.
TURNS: dict[int, Callable[[Grey], Grey]] = {
    2: lambda grey: grey[:, ::-1],
    3: lambda grey: grey[::-1, ::-1],
    4: lambda grey: grey[::-1],
    5: lambda grey: grey.T,
    6: lambda grey: np.rot90(grey, -1),
    7: lambda grey: grey[::-1, ::-1].T,
    8: lambda grey: np.rot90(grey),
}


def is_deep_colour(image: Image.Image) -> bool:
    """Whether the opened file has channels of 16 bits that its mode does not show."""
    return not image.mode.startswith("I") and ";16" in str(getattr(image, "tile", ""))


def read_deep_colour(content: bytes, kind: FileKind, image: Image.Image) -> Grey:
    """The grey value of equal channels in full 16 bits, rotated according to the orientation tag."""
    decoder: Callable[[bytes], Any] = imagecodecs.png_decode if kind == "png" else imagecodecs.tiff_decode
    channels = np.asarray(decoder(content))
    if channels.shape[:1] != image.size[1:] and channels.shape[-2:] in (image.size[::-1], image.size):
        channels = np.moveaxis(channels, 0, -1)  # a TIFF with separate channels
    if channels.ndim != 3 or channels.dtype != np.uint16 or channels.shape[2] not in (2, 3, 4):
        raise Unreadable("photometric", "The image has channels of an unknown form. Send it as grey with 8 or 16 bits.")
    grey, turn = opaque_grey(channels), TURNS.get(image.getexif().get(ORIENTATION, 1))
    return np.ascontiguousarray(turn(grey) if turn else grey)


def opaque_grey(channels: Grey) -> Grey:
    count = channels.shape[2]
    if count in (2, 4) and int(channels[..., -1].min()) != OPAQUE:
        raise Unreadable("photometric", "The image is partly transparent. Send it as opaque grey.")
    return channels[..., 0] if count == 2 else grey_of(channels[..., :3], lossy=False)
