"""Results cached in this process while the data from which they were computed has not changed; never outside it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest results by key, each with the state from which it was computed.

    >>> totals = Kept[int](size=2)
    >>> totals.of("a trial", "state 1", lambda: 7), totals.of("a trial", "state 1", lambda: 8)
    (7, 7)
    >>> totals.of("a trial", "state 2", lambda: 9)
    9
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = threading.Lock()
        self.results: OrderedDict[Hashable, tuple[str, T]] = OrderedDict()

    def of(self, key: Hashable, state: str, compute: Callable[[], T]) -> T:
        """The result for this key, computed unless it is cached for this state; without a state it is not cached."""
        with self.lock:
            found = self.results.get(key)
        if found is not None and found[0] == state != "":
            return found[1]
        result = compute()
        with self.lock:
            self.results[key] = (state, result)
            self.results.move_to_end(key)
            while len(self.results) > self.size:
                self.results.popitem(last=False)
        return result
