"""Whether the running code serves a web request, where actions of commands and jobs are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SERVING: ContextVar[bool] = ContextVar("serving", default=False)


@contextmanager
def serving_a_request() -> Iterator[None]:
    """Marks everything inside as part of a web request."""
    token = SERVING.set(True)
    try:
        yield
    finally:
        SERVING.reset(token)


def serves_a_request() -> bool:
    """Whether a web request is being served."""
    return SERVING.get()
