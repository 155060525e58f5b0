"""The transfer syntaxes that are accepted, each with the one decoder assigned to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imaging.decoding.unreadable import Unreadable, shown

Decoder = Literal["native", "rle", "jpeg", "jpeg-ls", "jpeg-2000"]


@dataclass(frozen=True)
class Syntax:
    """`processes` are the start-of-frame markers that a JPEG of this syntax may have."""

    name: str
    decoder: Decoder
    processes: frozenset[int] = frozenset()
    lossy: bool = False


LOSSLESS_JPEG = frozenset({0xC3})
SYNTAXES: dict[str, Syntax] = {
    "1.2.840.10008.1.2": Syntax("Implicit VR Little Endian", "native"),
    "1.2.840.10008.1.2.1": Syntax("Explicit VR Little Endian", "native"),
    "1.2.840.10008.1.2.5": Syntax("RLE Lossless", "rle"),
    "1.2.840.10008.1.2.4.50": Syntax("JPEG Baseline", "jpeg", frozenset({0xC0}), lossy=True),
    "1.2.840.10008.1.2.4.51": Syntax("JPEG Extended", "jpeg", frozenset({0xC0, 0xC1}), lossy=True),
    "1.2.840.10008.1.2.4.57": Syntax("JPEG Lossless", "jpeg", LOSSLESS_JPEG),
    "1.2.840.10008.1.2.4.70": Syntax("JPEG Lossless, First-Order Prediction", "jpeg", LOSSLESS_JPEG),
    "1.2.840.10008.1.2.4.80": Syntax("JPEG-LS Lossless", "jpeg-ls", frozenset({0xF7})),
    "1.2.840.10008.1.2.4.81": Syntax("JPEG-LS Near-Lossless", "jpeg-ls", frozenset({0xF7}), lossy=True),
    "1.2.840.10008.1.2.4.90": Syntax("JPEG 2000 Lossless", "jpeg-2000"),
    "1.2.840.10008.1.2.4.91": Syntax("JPEG 2000", "jpeg-2000", lossy=True),
    "1.2.840.10008.1.2.4.201": Syntax("High-Throughput JPEG 2000 Lossless", "jpeg-2000"),
    "1.2.840.10008.1.2.4.202": Syntax("High-Throughput JPEG 2000 Lossless, RPCL", "jpeg-2000"),
    "1.2.840.10008.1.2.4.203": Syntax("High-Throughput JPEG 2000", "jpeg-2000", lossy=True),
}
NAMED_REFUSALS = {
    "1.2.840.10008.1.2.1.99": "deflated",
    "1.2.840.10008.1.2.2": "big-endian",
}


def syntax_of(uid: str) -> Syntax:
    """The syntax, or Unreadable with its name or number."""
    if uid not in SYNTAXES:
        named = NAMED_REFUSALS.get(uid) or shown(uid)
        raise Unreadable("transfer-syntax", f"The transfer syntax is {named}. It must be one of: {', '.join(names())}.")
    return SYNTAXES[uid]


def names() -> list[str]:
    """The names of all accepted syntaxes."""
    return [syntax.name for syntax in SYNTAXES.values()]
