"""Variables and datasets of a transfer: the tables from which files, Define-XML and codebook are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Row = Mapping[str, object]
NUMBER_BYTES = 8
# Variables whose text is an ISO 8601 day.
DATE_TEXTS = ("MKDTC", "PRSTDTC")


class DefineOrigin(StrEnum):
    """The origin of a variable's values, in the terms of Define-XML 2.1."""

    ASSIGNED = "Assigned"
    COLLECTED = "Collected"
    DERIVED = "Derived"
    PREDECESSOR = "Predecessor"
    PROTOCOL = "Protocol"
    NOT_AVAILABLE = "Not Available"


@dataclass(frozen=True)
class Variable:
    """A variable: `length` in bytes; `says` states how it is derived, what it copies, or why it is empty.

    `digits` is the number of significant decimals of a number that is not whole. `missing_by` names the cell of a row
    that holds the letter of a special missing value, A to Z.
    """

    name: str
    label: str
    length: int
    origin: DefineOrigin
    says: str = ""
    codelist: str = ""
    number: bool = False
    digits: int = 0
    format: str = ""
    missing_by: str = ""
    source: str = "Vendor"

    @property
    def is_day(self) -> bool:
        """Whether it holds days since 1960, which SAS shows as a date."""
        return self.format.startswith("DATE")


def text(
    name: str,
    label: str,
    length: int,
    origin: DefineOrigin,
    says: str = "",
    *,
    codelist: str = "",
    source: str = "Vendor",
) -> Variable:
    """A variable for ASCII text of at most this number of bytes."""
    return Variable(name, label, length, origin, says, codelist, source=source)


def number(
    name: str,
    label: str,
    origin: DefineOrigin,
    says: str = "",
    *,
    digits: int = 0,
    format: str = "",
    missing_by: str = "",
    source: str = "Vendor",
) -> Variable:
    """A variable for a number."""
    return Variable(
        name, label, NUMBER_BYTES, origin, says, "", True, digits, format=format, missing_by=missing_by, source=source
    )


@dataclass(frozen=True)
class TransferTable:
    """A dataset of a transfer; its rows are sorted by `keys`, which together name a row."""

    name: str
    label: str
    kind: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]
    standard: str = "SDTMIG"

    @property
    def file(self) -> str:
        """The name of its transport file."""
        return f"{self.name.lower()}.xpt"

    @property
    def json_file(self) -> str:
        """The name of its file in Dataset-JSON."""
        return f"{self.name.lower()}.ndjson"

    @property
    def parquet_file(self) -> str:
        """The name of its file in Parquet."""
        return f"{self.name.lower()}.parquet"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its variables, in order."""
        return tuple(variable.name for variable in self.variables)

    def variable(self, name: str) -> Variable:
        """One variable by its name."""
        return self.variables[self.names.index(name)]
