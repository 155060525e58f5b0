"""Names of chains: a trial's code, "system", or a part of a trial with a chain of its own, such as RA-1/read-12.

The chain of a part is recorded in the chain of its trial: its beginning, and how far it goes at each stop.
"""

from __future__ import annotations

from enum import StrEnum

SYSTEM = "system"
SEPARATOR = "/"


class ChainState(StrEnum):
    """What the trial's chain says of a part's chain: it begins, it may go on from here, or it ends here."""

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
    """Whether the chain belongs to a part of a trial, and so must have been recorded to begin."""
    return SEPARATOR in stream


def locking_order(stream: str) -> tuple[bool, str]:
    """Parts before trials: a holder of the chain of a part may then lock that of its trial, never the other way."""
    return not is_part(stream), stream
