"""Draws orders from a sealed seed: HMAC-SHA256(seed, counter) with rejection sampling, then Fisher-Yates.

Everything drawn is stored; nothing is re-derived except for verification (bin/manage verify_randomisation).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
SEED_BYTES = 32
MILLION = 1_000_000


def new_seed() -> bytes:
    """32 bytes from the operating system."""
    return secrets.token_bytes(SEED_BYTES)


def commitment(seed: bytes) -> str:
    """SHA-256 of the seed in hex: published when reads are issued, so that the seed cannot be chosen afterwards."""
    return hashlib.sha256(b"blindread seed" + seed).hexdigest()


class Draw:
    """A stream of unbiased whole numbers that depends on the seed and on the purpose."""

    def __init__(self, seed: bytes, purpose: str) -> None:
        self.key = hmac.new(seed, purpose.encode(), hashlib.sha256).digest()
        self.counter = 0

    def below(self, bound: int) -> int:
        """A number in 0..bound-1, each equally likely: values from the incomplete last run of 2^64 are rejected."""
        limit = (1 << 64) - (1 << 64) % bound
        while True:
            block = hmac.new(self.key, self.counter.to_bytes(8, "big"), hashlib.sha256).digest()
            self.counter += 1
            value = int.from_bytes(block[:8], "big")
            if value < limit:
                return value % bound

    def permutation(self, things: Sequence[T]) -> list[T]:
        """The things in a random order (Fisher-Yates)."""
        order = list(things)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def chance(self, share: float) -> bool:
        """True with the given probability, to one part in a million."""
        return self.below(MILLION) < round(share * MILLION)
