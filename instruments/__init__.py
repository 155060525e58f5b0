"""What is scored and how scores are added: pure functions, no imports from the rest of the product, no input or output.

Every module in this package that has INSTRUMENTS adds them, so a new instrument is one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from instruments.definition import Instrument, Item

__all__ = ["KEYS", "Instrument", "Item", "UnknownInstrument", "get"]


class UnknownInstrument(ValueError):
    """A key without an instrument; has the valid keys."""

    def __init__(self, key: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"There is no instrument “{key}”. Choose {', '.join(allowed[:-1])} or {allowed[-1]}.")
        self.key, self.allowed = key, allowed


def find_instruments() -> Iterator[Instrument]:
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "INSTRUMENTS", ())


REGISTRY = {instrument.key: instrument for instrument in sorted(find_instruments(), key=lambda found: found.place)}
KEYS: tuple[str, ...] = tuple(REGISTRY)


def get(key: str) -> Instrument:
    """The instrument of a key."""
    try:
        return REGISTRY[key]
    except KeyError:
        raise UnknownInstrument(key, KEYS) from None
