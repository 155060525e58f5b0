"""The parameters of ADXR and ADXRJ: what PARAM says, its code and its number."""

from __future__ import annotations

from dataclasses import dataclass

from instruments.definition import Instrument, Item
from scoring.cdisc.readings import ADJUDICATOR, RESULT
from scoring.cdisc.scored import CODES, FEATURES, NAMES

# Groups of totals.csv, how they end the code of a parameter, and what they are called.
GROUPS = {"erosion": ("ES", "Erosion Score"), "narrowing": ("JS", "Joint Space Narrowing Score")}
TOTAL = ("TS", "Total Score")
# Sources of totals.csv: the last letter of the code, what PARAM says, PARCAT1.
SLOTS = {
    "READER 1": ("1", "Reader 1", "SINGLE READER"),
    "READER 2": ("2", "Reader 2", "SINGLE READER"),
    "READER 3": ("3", "Reader 3", "SINGLE READER"),
    RESULT: ("A", "Average of the Deciding Readers", "AVERAGE"),
    ADJUDICATOR: ("J", "Adjudicator", "ADJUDICATED"),
}


@dataclass(frozen=True)
class Parameter:
    """A parameter: code, text, number from 1, and its category."""

    code: str
    says: str
    number: int
    category: str


def total_parameters(instrument: Instrument) -> dict[tuple[str, str], Parameter]:
    """The parameters of ADXR by group of totals.csv and slot."""
    groups = {"total": TOTAL} | {name: words for name, words in GROUPS.items() if name in instrument.features}
    key = instrument.key
    made = [
        ((group, slot), f"{CODES[key]}{end}{letter}", f"{NAMES[key]} {words}, {who}", category)
        for group, (end, words) in groups.items()
        for slot, (letter, who, category) in SLOTS.items()
    ]
    return {
        place: Parameter(code, says, number, category) for number, (place, code, says, category) in enumerate(made, 1)
    }


def joint_parameters(instrument: Instrument) -> dict[str, Parameter]:
    """The parameters of ADXRJ by PARAMCD of scores.csv, which is their code too."""
    return {
        item.paramcd: Parameter(item.paramcd, words_of(instrument, item), number, item.feature.upper())
        for number, item in enumerate(instrument.items, start=1)
    }


def words_of(instrument: Instrument, item: Item) -> str:
    """What the parameter of an item says.

    >>> import instruments
    >>> svdh = instruments.get("svdh")
    >>> words_of(svdh, svdh.item("EL-MCP2"))
    'Sharp/van der Heijde Erosion Score (0-5): MCP 2, left'
    """
    feature = FEATURES[item.feature]
    side = item.terms.lat.lower()
    return f"{NAMES[instrument.key]} {feature} (0-{max(item.allowed)}): {item.label}, {side}"
