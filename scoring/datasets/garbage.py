"""Garbage of a long build: collected once after each block of cases, instead of whenever so many objects were made.

The records of a block refer to each other in circles, so they have to be collected; what was there before the build
has not, and looking at it again and again took a tenth of the build's processor time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def collected_after_each(blocks: Iterable[T]) -> Iterator[T]:
    """The blocks; what was made for one is collected before the next is given."""
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        for block in blocks:
            yield block
            gc.collect()
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
