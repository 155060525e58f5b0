"""Names of chains: a trial's code, "system", or a part of a trial that has its own chain, such as RA-1/read-12.

The chain of a part is recorded in the chain of its trial: its start, and its length whenever work on it stops.
"""

from __future__ import annotations

from enum import StrEnum

SYSTEM = "system"
SEPARATOR = "/"


class ChainState(StrEnum):
    """What the trial's chain records of a part's chain: it begins, it may continue from here, or it ends here."""

    BEGUN = "begun"
    OPEN = "open"
    ENDED = "ended"


def part_of(home: str, part: str) -> str:
    """The chain of a part of a trial.

    >>> part_of("RA-1", "read-12")
    'RA-1/read-12'
    """
    return f"{home}{SEPARATOR}{part}"


def home_of(stream: str) -> str:
    """The trial that a chain belongs to.

    >>> home_of("RA-1/read-12"), home_of("RA-1")
    ('RA-1', 'RA-1')
    """
    return stream.partition(SEPARATOR)[0]


def is_part(stream: str) -> bool:
    """Whether the chain belongs to a part of a trial, so that its start must be recorded."""
    return SEPARATOR in stream


def locking_order(stream: str) -> tuple[bool, str]:
    """Parts before trials: the chain of a part is always locked before that of its trial, never after it."""
    return not is_part(stream), stream
