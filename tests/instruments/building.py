"""Values for tests: whole timepoints with one grade everywhere, and arrays of random grades."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

import instruments
from instruments import Instrument

SVDH = instruments.get("svdh")
LARSEN = instruments.get("larsen-1995")
ALL = tuple(instruments.get(key) for key in instruments.KEYS)


def everywhere(grade: int, instrument: Instrument = SVDH, **others: int | None) -> dict[str, int | None]:
    """The same grade at every item; others by key with _ for -."""
    values: dict[str, int | None] = {item.key: grade for item in instrument.items}
    for key, value in others.items():
        values[instrument.item(key.replace("_", "-")).key] = value
    return values


@st.composite
def grades(
    draw: st.DrawFn, instrument: Instrument, visits: int | None = None, missing: float = 0.0
) -> npt.NDArray[np.float64]:
    """One read (items), or a series (visits x items), of random grades, each missing with a probability."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    largest = np.array([max(item.allowed) for item in instrument.items])
    shape = (len(instrument.items),) if visits is None else (visits, len(instrument.items))
    values = np.floor(generator.random(shape) * (largest + 1))
    values[generator.random(shape) < missing] = np.nan
    return np.asarray(values, dtype=np.float64)
