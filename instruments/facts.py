"""Statements about instruments and rules, each with its source and how well it is supported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How well a fact is supported; shown to the user next to the fact."""

    VERIFIED = "V"
    COMPUTED = "C"
    GENERAL = "G"
    UNKNOWN = "?"

    @property
    def says(self) -> str:
        return {
            "V": "read in the source named",
            "C": "computed, reproducible",
            "G": "general knowledge, not verified",
        }.get(self.value, "not found")


@dataclass(frozen=True)
class Fact:
    """One statement about an instrument or a rule, with its mark and source."""

    about: str
    says: str
    mark: Mark
    source: str

    @property
    def verified(self) -> bool:
        return self.mark in (Mark.VERIFIED, Mark.COMPUTED)
