"""How a case is presented: which timepoints are shown together, in which order, and which count. Pure.

Orders are drawn here and nowhere else, so that bin/manage verify_randomisation can draw them again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reading.issuing.randomisation import MILLION, Draw

T = TypeVar("T")

PRESENTATIONS = {
    "together-random": "All timepoints together in random order",
    "together-ordered": "All timepoints together in chronological order, known to the reader",
    "locked-visits": "In chronological order, visit by visit: each visit is locked before the next is shown "
    "beside the earlier ones; the number of later visits is not shown",
    "single": "One timepoint at a time, each alone; cases and timepoints mixed in the worklist",
    "alone-then-together": "Each timepoint alone in random order and locked, then all together in a new random order; "
    "the scores given together count, the others are kept",
}
ORDER_KNOWN = frozenset({"together-ordered", "locked-visits"})
TOGETHER = frozenset({"together-random", "together-ordered"})
# All timepoints that count are on one screen, in one step.
SHOWN_TOGETHER = ("together-random", "together-ordered", "alone-then-together")
# Every timepoint has its own address and its own position in the worklist.
MIXED = frozenset({"single"})
# Locked timepoints remain on the screen next to the current one.
BESIDE = frozenset({"locked-visits"})
# Signed reads with these are not shown to their reader again: that would show timepoints side by side.
NO_LOOKING_BACK = frozenset({"single", "alone-then-together"})


@dataclass(frozen=True)
class StepPlan(Generic[T]):
    """The timepoints of one step in the order of their panes, and whether its scores enter results."""

    shown: tuple[T, ...]
    counts: bool = True


def order_purpose(read_token: str) -> str:
    """The purpose under which the order of a read is drawn."""
    return f"order of read {read_token}"


def together_purpose(read_token: str) -> str:
    """The purpose under which the order of the last step is drawn when timepoints were first shown alone."""
    return f"order together of read {read_token}"


def plan_steps(
    presentation: str, seed: bytes, read_token: str, true_order: Sequence[T], key: Callable[[T], str]
) -> tuple[StepPlan[T], ...]:
    """The steps of a read. A random order starts from the order of random keys, so it does not depend on the true one.

    Only the presentations in ORDER_KNOWN use `true_order` as an order.
    """
    by_key = sorted(true_order, key=key)
    known = presentation in ORDER_KNOWN
    order = list(true_order) if known else Draw(seed, order_purpose(read_token)).permutation(by_key)
    if presentation in TOGETHER:
        return (StepPlan(tuple(order)),)
    then_together = presentation == "alone-then-together"
    alone = tuple(StepPlan((one,), counts=not then_together) for one in order)
    if not then_together:
        return alone
    return (*alone, StepPlan(tuple(Draw(seed, together_purpose(read_token)).permutation(by_key))))


def queue_name(tokens: Sequence[str]) -> str:
    """The name of a drawn queue of a reader: the first of its random tokens."""
    return min(tokens)


def draw_queue(seed: bytes, tokens: Sequence[str]) -> list[str]:
    """The order in which a reader receives reads issued together; it starts from the order of random tokens."""
    return Draw(seed, f"queue {queue_name(tokens)}").permutation(sorted(tokens))


def draw_repeats(seed: bytes, read_tokens: Sequence[str], share: float) -> frozenset[str]:
    """Which of the first reads issued together to a reader will be repeated: on average exactly the share of them.

    The whole part of share times number is certain, the rest is drawn.
    """
    if not read_tokens or share <= 0:
        return frozenset()
    draw = Draw(seed, f"repeats {min(read_tokens)}")
    whole, rest = divmod(round(share * MILLION) * len(read_tokens), MILLION)
    count = whole + (draw.below(MILLION) < rest)
    return frozenset(draw.permutation(sorted(read_tokens))[:count])
