"""Which reader drifted: found from the differences of all pairs, and only with three or more readers. Pure: numpy only.

A difference of two readers does not show which of them moved; the differences from a third reader do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Pair = tuple[int, int, float]
FEWEST_READERS = 3
# With three readers, one who moves differs from the mean of all by twice as much as each of the others.
CLEAR = 1.4


def who_drifted(before: Sequence[Pair], since: Sequence[Pair]) -> int | None:
    """The reader whose scores moved most between two periods; None if the pairs cannot show it.

    A pair is two readers and the difference of the first from the second. Each period gives every reader an effect
    by least squares, of sum 0; the reader named has moved clearly more than any other.

    >>> before = [(1, 2, 0.0), (2, 3, 0.0), (1, 3, 0.0)]
    >>> who_drifted(before, [(1, 2, 3.0), (2, 3, 0.0), (1, 3, 3.0)])
    1
    >>> who_drifted([(1, 2, 0.0)], [(1, 2, 3.0)]) is None
    True
    """
    readers = sorted({reader for first, second, _ in since for reader in (first, second)})
    if len(readers) < FEWEST_READERS or not are_all_compared(before, readers) or not are_all_compared(since, readers):
        return None
    moved = np.abs(effects_of(since, readers) - effects_of(before, readers))
    order = np.argsort(-moved)
    return readers[order[0]] if moved[order[0]] >= CLEAR * moved[order[1]] else None


def are_all_compared(pairs: Sequence[Pair], readers: Sequence[int]) -> bool:
    """Whether these pairs compare every reader with every other, directly or through others."""
    rank = np.linalg.matrix_rank(design_of(pairs, readers)) if pairs else 0
    return bool(rank == len(readers) - 1)


def design_of(pairs: Sequence[Pair], readers: Sequence[int]) -> npt.NDArray[np.float64]:
    """A row per pair: 1 for the first reader and -1 for the second; pairs with other readers are left out."""
    place = {reader: column for column, reader in enumerate(readers)}
    design = np.zeros((len(pairs), len(readers)))
    for row, (first, second, _) in enumerate(pairs):
        if first in place and second in place:
            design[row, place[first]], design[row, place[second]] = 1.0, -1.0
    return design


def effects_of(pairs: Sequence[Pair], readers: Sequence[int]) -> npt.NDArray[np.float64]:
    """Each reader's effect, of sum 0."""
    design = design_of(pairs, readers)
    differences = np.array([difference for _, _, difference in pairs]) * np.any(design, axis=1)
    effects: npt.NDArray[np.float64] = np.linalg.lstsq(design, differences, rcond=None)[0]
    return effects
