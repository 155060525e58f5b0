"""The parameters of ADXR and ADXRJ: the text of PARAM, its code and its number."""

from __future__ import annotations

from dataclasses import dataclass

from instruments.definition import Instrument, Item
from scoring.cdisc.facts import READERS
from scoring.cdisc.readings import ADJUDICATOR, RESULT
from scoring.cdisc.scored import CODES, FEATURES, NAMES

# Groups of totals.csv, their suffix in the code of a parameter, and their name.
GROUPS = {"erosion": ("ES", "Erosion Score"), "narrowing": ("JS", "Joint Space Narrowing Score")}
TOTAL = ("TS", "Total Score")
Slots = dict[str, tuple[str, str, str]]


@dataclass(frozen=True)
class Parameter:
    """A parameter: code, text, number from 1, and its category."""

    code: str
    says: str
    number: int
    category: str


def reader_slots(first: int, last: int) -> Slots:
    """READER `first` to READER `last`: their suffix in a code, their text in PARAM, PARCAT1."""
    return {f"READER {place}": (str(place), f"Reader {place}", "SINGLE READER") for place in range(first, last + 1)}


def total_parameters(instrument: Instrument, readers: int = READERS) -> dict[tuple[str, str], Parameter]:
    """The parameters of ADXR by group of totals.csv and slot; those of further readers come after all others."""
    usual = reader_slots(1, READERS) | {
        RESULT: ("A", "Average of the Deciding Readers", "AVERAGE"),
        ADJUDICATOR: ("J", "Adjudicator", "ADJUDICATED"),
    }
    groups = {"total": TOTAL} | {name: words for name, words in GROUPS.items() if name in instrument.features}
    key = instrument.key
    made = [
        ((group, slot), f"{CODES[key]}{end}{letter}", f"{NAMES[key]} {words}, {who}", category)
        for slots in (usual, reader_slots(READERS + 1, readers))
        for group, (end, words) in groups.items()
        for slot, (letter, who, category) in slots.items()
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
    """The text of an item's parameter.

    >>> import instruments
    >>> svdh = instruments.get("svdh")
    >>> words_of(svdh, svdh.item("EL-MCP2"))
    'Sharp/van der Heijde Erosion Score (0-5): MCP 2, left'
    """
    feature = FEATURES[item.feature]
    side = item.terms.lat.lower()
    return f"{NAMES[instrument.key]} {feature} (0-{max(item.allowed)}): {item.label}, {side}"
