"""The name of an instrument's item in a transfer: test, location and direction, published or our extension."""

from __future__ import annotations

from instruments.definition import Instrument, Item
from instruments.scored_joints import MULTANGULAR, Test

# The names of an instrument's scores: MKCAT, the name in PARAM, and the prefix of its parameter codes.
CATEGORIES = {
    "svdh": "SHARP/VAN DER HEIJDE",
    "svdh-two-sides": "SHARP/VAN DER HEIJDE",
    "larsen-1995": "LARSEN 1995",
    "larsen-1977": "LARSEN 1977",
    "sens": "SENS",
}
NAMES = {
    "svdh": "Sharp/van der Heijde",
    "svdh-two-sides": "Sharp/van der Heijde",
    "larsen-1995": "Larsen 1995",
    "larsen-1977": "Larsen 1977",
    "sens": "SENS",
}
CODES = {"svdh": "SV", "svdh-two-sides": "SV", "larsen-1995": "LA", "larsen-1977": "LA", "sens": "SN"}
# Tests without a published term: a sponsor extends MUSCTSCD by these.
OURS = {
    ("larsen-1995", "grade"): Test("LARS95SC", "Larsen 1995 Score"),
    ("larsen-1977", "grade"): Test("LARS77SC", "Larsen 1977 Score"),
    ("sens", "erosion"): Test("SENSESCR", "SENS Erosion Score"),
    ("sens", "narrowing"): Test("SENSJSCR", "SENS Joint Space Narrowing Score"),
}
# The trapezium and the trapezoid bone are scored as one site, for which LOC has no term.
OUR_PLACES = {MULTANGULAR.code: "TRAPEZIAL AND TRAPEZOID BONES"}
FEATURES = {"erosion": "Erosion Score", "narrowing": "Joint Space Narrowing Score", "grade": "Score"}


def named_test(instrument: Instrument, item: Item) -> Test:
    """The test of an item; without a code where none is published."""
    terms = item.terms
    return Test(terms.testcd, terms.test, terms.test_code) if terms.testcd else OURS[instrument.key, item.feature]


def loc_of(item: Item) -> tuple[str, str]:
    """Location and its code; without a code where none is published."""
    return (item.terms.loc, item.terms.loc_code) if item.terms.loc else (OUR_PLACES[item.joint], "")


def dir_of(item: Item) -> tuple[str, bool]:
    """The direction that distinguishes parts of one location, empty for a whole site; and whether the term is ours."""
    if item.terms.dir or not item.part:
        return item.terms.dir, False
    return item.part.removesuffix(" quadrant").upper(), True
