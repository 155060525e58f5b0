"""Simple Erosion Narrowing Score, 0-86: eroded or not, narrowed or not, at the sites of Sharp/van der Heijde."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from instruments import scored_joints, svdh
from instruments.definition import CdiscTerms, Instrument, Item, maximum_of
from instruments.facts import Fact, Mark
from instruments.not_assessable import REASONS, REASONS_FACT

ABSTRACT = "van der Heijde et al., Rheumatology 2000, abstract"

PROVENANCE = (
    Fact(
        "sites",
        "The sites of Sharp/van der Heijde: erosion at 32 sites of the hands and 12 joints of the feet, narrowing at "
        "30 and 12.",
        Mark.VERIFIED,
        ABSTRACT,
    ),
    Fact(
        "grades", "1 if there is any erosion in a joint and also 1 if there is any narrowing.", Mark.VERIFIED, ABSTRACT
    ),
    Fact("range", "0-86.", Mark.VERIFIED, ABSTRACT),
    Fact(
        "derivation",
        "May be derived from Sharp/van der Heijde scores: any grade above 0 counts 1.",
        Mark.VERIFIED,
        ABSTRACT,
    ),
    Fact("terms", "No published test code for SENS: a sponsor extends MUSCTSCD.", Mark.VERIFIED, "COSMoS 2025"),
    scored_joints.TERMS_FACT,
    REASONS_FACT,
)


def yes_or_no(item: Item) -> Item:
    terms = item.terms
    return replace(
        item,
        allowed=(0, 1),
        terms=CdiscTerms(loc=terms.loc, loc_code=terms.loc_code, lat=terms.lat, lat_code=terms.lat_code),
    )


def make() -> Instrument:
    items = tuple(yes_or_no(item) for item in svdh.INSTRUMENTS[0].items)
    return Instrument(
        key="sens",
        version=1,
        title="Simple Erosion Narrowing Score (SENS)",
        features=("erosion", "narrowing"),
        items=items,
        maximum=maximum_of(items),
        wordings={
            "sens": {
                "erosion": {0: "No erosion", 1: "Any erosion"},
                "narrowing": {0: "No narrowing", 1: "Any narrowing"},
            }
        },
        default_wording="sens",
        reasons=REASONS,
        citation="van der Heijde D, Dankert T, Nieman F, Rau R, Boers M. Reliability and sensitivity to change of a "
        "simplification of the Sharp/van der Heijde radiological assessment in rheumatoid arthritis. Rheumatology 2000;"
        "39:941-947 (abstract read; the rest of the citation from general knowledge).",
        provenance=PROVENANCE,
        place=30,
    )


INSTRUMENTS = (make(),)


def derive(scores: Mapping[str, int | None]) -> dict[str, int | None]:
    """SENS values from Sharp/van der Heijde values, feet as one value or as two sides.

    A joint with two sides is eroded if either side is; it is not scored if no side is eroded and one is not scored.

    >>> derived = derive({"EL-MCP2": 3, "EL-MTP2-P": None, "EL-MTP2-D": 1, "ER-MTP2-P": None, "ER-MTP2-D": 0})
    >>> derived["EL-MCP2"], derived["EL-MTP2"], derived["ER-MTP2"], derived["JL-MCP2"]
    (1, 1, None, None)
    """
    return {item.key: present(graded(item.key, scores)) for item in INSTRUMENTS[0].items}


def graded(key: str, scores: Mapping[str, int | None]) -> list[int | None]:
    found = [scores[name] for name in (key, f"{key}-P", f"{key}-D") if name in scores]
    return found or [None]


def present(grades: list[int | None]) -> int | None:
    if any(grades):
        return 1
    return None if None in grades else 0
