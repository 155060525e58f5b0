"""The death of a worker, for tests that carry out a job in their own process."""

from __future__ import annotations


class Killed(BaseException):
    """What a worker that is killed does not survive."""
