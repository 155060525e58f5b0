"""Numbers in the form of SAS transport files: 8 bytes, base 16, the exponent in units of 4 bits (IBM System/360).

Every finite double from 16^-65 to below 16^63 is kept exactly: its 53 bits fit in the 56 bits of the fraction.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]

BIAS, MOST = 64, 127
MISSING = ord(".")


def can_be_written(values: Doubles) -> npt.NDArray[np.bool_]:
    """Marks which values are missing (NaN), zero, or in range."""
    _, exponent = np.frexp(np.where(np.isfinite(values), values, 1.0))
    hexes = -(-exponent // 4) + BIAS
    inside = (hexes >= 0) & (hexes <= MOST) & ~np.isinf(values)
    return np.asarray(inside | (values == 0))


def to_ibm(values: Doubles) -> Bytes:
    """One row of 8 bytes for each value; a NaN becomes missing, which is a point and zeros.

    >>> to_ibm(np.array([1.0, -118.625, np.nan])).tobytes().hex(" ", 8)
    '4110000000000000 c276a00000000000 2e00000000000000'
    """
    missing = np.isnan(values)
    mantissa, exponent = np.frexp(np.abs(np.where(missing, 0.0, values)))
    hexes = -(-exponent // 4)
    fraction = (mantissa * 2.0**53).astype(np.uint64) << np.uint64(3) >> (4 * hexes - exponent).astype(np.uint64)
    head = (hexes + BIAS).astype(np.uint64) | (np.signbit(values).astype(np.uint64) << np.uint64(7))
    words = np.where(mantissa == 0, np.uint64(0), (head << np.uint64(56)) | fraction)
    found = words.astype(">u8").view(np.uint8).reshape(-1, 8)
    found[missing, 0] = MISSING
    return found
