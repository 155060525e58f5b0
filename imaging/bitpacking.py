"""Lossless blocked bit-packing of 16-bit levels, the form in which films are sent to a reader's browser.

Per band of rows: residual against the mean of left and upper neighbour, modulo 2^16, zigzag, blocks of 16 values
along the row (zero-padded), one width nibble per block, then each block's values packed into little-endian words.
"""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
from numpy.typing import NDArray

from config.errors import BadInput
from imaging.levels import Levels

Words = NDArray[np.uint16]

BLOCK = 16
WIDEST = 15  # the nibble that means 16 bits: no block is packed with 15


def encode(levels: Levels, bands: int) -> list[bytes]:
    """The bands of an image, from the top; an image of fewer rows than bands has one band per row."""
    if levels.ndim != 2 or levels.dtype != np.uint16 or not levels.size or bands < 1:
        shape = " x ".join(map(str, levels.shape))
        raise BadInput(
            f"Levels of type {levels.dtype} and shape {shape} cannot be packed into {bands} bands."
            " An image of uint16 levels and at least one band are needed."
        )
    edges = band_edges(levels.shape[0], bands)
    return [encode_band(levels[top:bottom]) for top, bottom in zip(edges, edges[1:], strict=False)]


def decode(bands: list[bytes], rows: int, columns: int) -> Levels:
    """The decoded image; BadInput when a band is cut short, has words left over or a width that no encoder writes."""
    edges = band_edges(rows, len(bands))
    if len(edges) != len(bands) + 1:
        raise BadInput(f"The image has {len(bands)} bands and {rows} rows. It can have at most one band for each row.")
    parts = [
        decode_band(band, bottom - top, columns) for band, top, bottom in zip(bands, edges, edges[1:], strict=False)
    ]
    return np.concatenate(parts)


def band_edges(rows: int, bands: int) -> list[int]:
    """First row of each band and, last, the number of rows: band k begins at floor(k * rows / bands)."""
    count = min(bands, rows)
    return [k * rows // count for k in range(count + 1)]


def most_bytes(rows: int, columns: int) -> int:
    """The size of a band whose levels cannot be packed at all."""
    blocks = rows * -(-columns // BLOCK)
    return -(-blocks // 4) * 2 + blocks * BLOCK * 2


def band_digest(band: bytes) -> str:
    """SHA-256 of the band, in hex: computed once, when the reader image is made."""
    return hashlib.sha256(band).hexdigest()


def shown_digest(token: str, digest: str) -> str:
    """HMAC-SHA256 of a band's digest under the film's token, in hex: equal films shown twice have different digests."""
    return hmac.new(token.encode("ascii"), digest.encode("ascii"), hashlib.sha256).hexdigest()


def encode_band(levels: Levels) -> bytes:
    blocks = blocks_of(residuals(levels))
    widths = widths_of(blocks)
    return width_table(widths) + packed(blocks, widths).astype("<u2", copy=False).tobytes()


def residuals(levels: Levels) -> Words:
    """Zigzag of level minus prediction modulo 2^16: left only in the first row, up only in the first column."""
    guess = np.empty_like(levels)
    guess[0, 0] = 0
    guess[0, 1:] = levels[0, :-1]
    guess[1:, 0] = levels[:-1, 0]
    left, up = levels[1:, :-1], levels[:-1, 1:]
    guess[1:, 1:] = (left & up) + ((left ^ up) >> 1)
    residual = (levels - guess).view(np.int16)
    zigzag: Words = ((residual << 1) ^ (residual >> 15)).view(np.uint16)
    return zigzag


def blocks_of(values: Words) -> Words:
    rows, columns = values.shape
    if columns % BLOCK:
        values = np.pad(values, ((0, 0), (0, -columns % BLOCK)))
    return values.reshape(-1, BLOCK)


def widths_of(blocks: Words) -> NDArray[np.uint8]:
    """Bits needed by the largest value of each block, 15 rounded up to 16."""
    pairs = blocks.view(np.uint64)
    folded = pairs[:, 0] | pairs[:, 1] | pairs[:, 2] | pairs[:, 3]
    folded |= folded >> np.uint64(32)
    folded |= folded >> np.uint64(16)
    needed = np.frexp((folded & np.uint64(0xFFFF)).astype(np.float32))[1].astype(np.uint8)
    needed[needed == WIDEST] = 16
    return needed


def width_table(widths: NDArray[np.uint8]) -> bytes:
    """Two nibbles per byte, low first, then a zero byte if the table would be of odd length."""
    nibbles = np.zeros(-(-widths.size // 4) * 4, dtype=np.uint8)
    nibbles[: widths.size] = np.minimum(widths, WIDEST)
    return (nibbles[0::2] | (nibbles[1::2] << 4)).tobytes()


def packed(blocks: Words, widths: NDArray[np.uint8]) -> Words:
    starts = starts_of(widths)
    out: Words = np.zeros(starts[-1], dtype=np.uint16)
    for width in range(1, 17):
        chosen = np.flatnonzero(widths == width)
        if chosen.size:
            columns = starts[chosen]
            for word, values in enumerate(pack_words(blocks[chosen].T, width)):
                out[columns + word] = values
    return out


def starts_of(widths: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The offset of each block's words, and their total: a block of width w takes exactly w words."""
    return np.concatenate(([0], np.cumsum(widths, dtype=np.int64)))


def pack_words(values: Words, width: int) -> list[Words]:
    """The `width` words of blocks given as 16 rows of values, least significant bits first."""
    values = np.ascontiguousarray(values)
    words: list[Words] = [np.zeros(values.shape[1], dtype=np.uint16) for _ in range(width)]
    for position in range(BLOCK):
        word, shift = divmod(position * width, 16)
        words[word] |= values[position] << np.uint16(shift)
        if shift + width > 16:
            words[word + 1] |= values[position] >> np.uint16(16 - shift)
    return words


def decode_band(band: bytes, rows: int, columns: int) -> Levels:
    count = rows * (-(-columns // BLOCK))
    table = -(-count // 4) * 2
    widths = table_widths(band[:table], count, table)
    words = np.frombuffer(band, dtype="<u2", offset=table) if len(band) % 2 == 0 else None
    if words is None or words.size != int(widths.sum()):
        raise BadInput(f"The band has {len(band)} bytes. Its widths need {table + 2 * int(widths.sum())} bytes.")
    return predicted(unpacked(words, widths).reshape(rows, -1)[:, :columns])


def table_widths(table: bytes, count: int, length: int) -> NDArray[np.uint8]:
    if len(table) != length:
        raise BadInput(f"The width table of the band has {len(table)} bytes. It must have {length} bytes.")
    pairs = np.frombuffer(table, dtype=np.uint8)
    nibbles = np.stack((pairs & 15, pairs >> 4), axis=1).ravel()
    if nibbles[count:].any():
        raise BadInput("The width table of the band has widths beyond the last block. Only zeros may follow it.")
    widths = nibbles[:count].copy()
    widths[widths == WIDEST] = 16
    return widths


def unpacked(words: Words, widths: NDArray[np.uint8]) -> Words:
    starts = starts_of(widths)
    blocks: Words = np.zeros((widths.size, BLOCK), dtype=np.uint16)
    wide = np.append(words, np.uint16(0)).astype(np.uint32)
    for width in range(1, 17):
        chosen = np.flatnonzero(widths == width)
        for position in range(BLOCK if chosen.size else 0):
            word, shift = divmod(position * width, 16)
            first = starts[chosen] + word
            value = (wide[first] | (wide[first + 1] << np.uint32(16))) >> np.uint32(shift)
            blocks[chosen, position] = value & np.uint32((1 << width) - 1)
    return blocks


def predicted(zigzag: Words) -> Levels:
    """Levels from residuals, one anti-diagonal at a time: left and upper neighbour are on the previous one."""
    rows, columns = zigzag.shape
    signed = ((zigzag >> 1) ^ (np.uint16(0) - (zigzag & 1))).astype(np.uint16)
    flat = signed.ravel()
    flat_step = columns - 1
    for diagonal in range(1, rows + columns - 1):
        first, last = max(0, diagonal - columns + 1), min(diagonal, rows - 1)
        here = diagonal + np.arange(first, last + 1, dtype=np.int64) * flat_step
        left, up = flat[here - 1].copy(), flat[np.maximum(here - columns, 0)].copy()
        if first == 0:
            up[0] = left[0]
        if last == diagonal:
            left[-1] = up[-1]
        flat[here] += (left & up) + ((left ^ up) >> 1)
    return flat.reshape(rows, columns)
