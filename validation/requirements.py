"""The requirements that a validation shows, read from requirements.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("requirements.toml")
RISKS = ("high", "medium", "low")


@dataclass(frozen=True)
class Requirement:
    """One requirement. If it has a procedure, a script cannot show all of it: see `why`; the owner does the rest."""

    number: str
    text: str
    source: str
    risk: str
    why: str = ""
    procedure: str = ""


@cache
def requirements() -> dict[str, Requirement]:
    """All requirements by number, in order."""
    with TABLE.open("rb") as file:
        return {number: Requirement(number, **row) for number, row in tomllib.load(file).items()}
