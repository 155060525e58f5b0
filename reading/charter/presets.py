"""Sets of terms to begin a charter with: each gives the terms in which it differs from the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reading.charter.terms import Terms


@dataclass(frozen=True)
class Preset:
    """Terms for one kind of trial, and for which kind they are meant."""

    key: str
    title: str
    says: str
    terms: dict[str, Any]

    @property
    def whole(self) -> dict[str, Any]:
        """Every term of a charter that follows the preset."""
        return Terms(**self.terms).as_json()


PRESETS = (
    Preset(
        "ra-beam",
        "Like RA-BEAM",
        "For established disease after methotrexate: Sharp/van der Heijde, two readers, a third read of discordant "
        "cases, linear extrapolation after rescue or a switch of treatment and for visits without a film.",
        {"instrument": "svdh", "adjudication_threshold": 3.0, "missing_visit": "extrapolated"},
    ),
    Preset(
        "larsen",
        "Larsen",
        "One grade for each of the 32 areas of Larsen 1995, two readers, a third read of discordant cases. "
        "Progression is also reported at a fixed limit of 2 points.",
        {"instrument": "larsen-1995", "adjudication_threshold": 4.0, "fixed_threshold": 2.0},
    ),
    Preset(
        "early-ra",
        "Early rheumatoid arthritis",
        "For little damage at baseline: Sharp/van der Heijde, the same joint of all timepoints side by side, one key "
        "for a joint that is normal throughout, and hidden repeats to measure intra-reader agreement.",
        {
            "instrument": "svdh",
            "adjudication_threshold": 3.0,
            "missing_visit": "extrapolated",
            "display_mode": "joints",
            "bulk_zero": True,
            "repeats_share": 0.1,
        },
    ),
)


def preset_of(key: str) -> Preset | None:
    """The preset of this key; None if there is none."""
    return next((one for one in PRESETS if one.key == key), None)
