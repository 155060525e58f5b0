"""The allow-list held against PS3.15 table E.1-1: nothing that the profile touches is kept as it came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom.datadict import tag_for_keyword

import imaging.confidentiality
from imaging import allow_list as rules

TABLE = json.loads((Path(imaging.confidentiality.__file__).parent / "basic_profile.json").read_text())
ACTIONS: dict[str, str] = {tag: action for action, tags in TABLE["actions"].items() for tag in tags}
KEPT = {
    *rules.WORDS,
    *rules.NUMBERS,
    *rules.PATTERNS,
    *rules.CODED,
    *rules.TABLES,
    *rules.PIXEL_KEYWORDS,
    "SOPClassUID",
}
# Kept inside the sequences of the allow-list.
KEPT_INSIDE = {"CodeValue", "CodingSchemeDesignator", "LUTDescriptor", "LUTData"}


def action(keyword: str) -> str | None:
    """What the Basic Profile does with the attribute; None when it says nothing."""
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword
    return ACTIONS.get(f"{tag:08X}")


def test_the_table_is_whole() -> None:
    assert TABLE["edition"] == "2026c"
    assert len(ACTIONS) == sum(map(len, TABLE["actions"].values())) == 655
    assert {"50xxxxxx", "60xx3000", "60xx4000"} <= set(ACTIONS)


@pytest.mark.parametrize("keyword", sorted(KEPT | KEPT_INSIDE))
def test_nothing_that_the_profile_touches_is_kept(keyword: str) -> None:
    assert action(keyword) is None


@pytest.mark.parametrize("keyword", [*rules.REPLACED_UIDS, "PatientName", "PatientID"])
def test_what_is_replaced_is_what_the_profile_replaces(keyword: str) -> None:
    assert action(keyword) in ("U", "Z", "Z/D")


@pytest.mark.parametrize("keyword", sorted(rules.CONSTANTS))
def test_what_is_written_for_the_standards_sake_says_nothing(keyword: str) -> None:
    assert action(keyword) in (None, "Z")
    assert rules.CONSTANTS[keyword] in ("", 1, "YES", "REMOVED") or keyword == "DeidentificationMethod"


def test_the_profile_is_only_a_floor() -> None:
    """What reveals the order of films and is not in the table: an allow-list keeps it out, a deny-list would not."""
    state = [
        "InstanceNumber",
        "AcquisitionNumber",
        "SoftwareVersions",
        "ManufacturerModelName",
        "ImageType",
        "Exposure",
    ]
    assert [action(keyword) for keyword in state] == [None] * len(state)
    assert not set(state) & KEPT
