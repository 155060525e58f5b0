"""Every count and maximum derived from the definition, against the published one."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

import instruments
from instruments import Instrument
from instruments.definition import UnknownItem
from instruments.facts import Fact, Mark
from instruments.layout import layout_of
from instruments.not_assessable import ABSENT, REASONS, UnknownReason
from scoring.plain_files import instrument_table

ROOT = Path(__file__).resolve().parents[2]
ALL = [instruments.get(key) for key in instruments.KEYS]

# Items, maximum, maxima by block: radclass.mudr.org, PMC10579188 fig. 3, ard highwire 173766, Rheumatology 2000 (SENS).
PUBLISHED = {
    "svdh": (
        86,
        448,
        {("erosion", "hand"): 160, ("erosion", "foot"): 120, ("narrowing", "hand"): 120, ("narrowing", "foot"): 48},
    ),
    "svdh-two-sides": (
        98,
        448,
        {("erosion", "hand"): 160, ("erosion", "foot"): 120, ("narrowing", "hand"): 120, ("narrowing", "foot"): 48},
    ),
    "larsen-1995": (32, 160, {("grade", "hand"): 120, ("grade", "foot"): 40}),
    "larsen-1977": (42, 250, {("grade", "hand"): 190, ("grade", "foot"): 60}),
    "sens": (
        86,
        86,
        {("erosion", "hand"): 32, ("erosion", "foot"): 12, ("narrowing", "hand"): 30, ("narrowing", "foot"): 12},
    ),
}


def test_the_keys_are_the_five_that_trials_store() -> None:
    assert instruments.KEYS == ("svdh", "svdh-two-sides", "larsen-1995", "larsen-1977", "sens")
    assert {one.version for one in ALL} == {1}


@pytest.mark.parametrize("key", instruments.KEYS)
def test_counts_and_maxima_follow_from_the_items_and_are_the_published_ones(key: str) -> None:
    instrument = instruments.get(key)
    count, maximum, blocks = PUBLISHED[key]
    assert len(instrument.items) == count
    assert instrument.maximum == sum(item.weight * max(item.allowed) for item in instrument.items) == maximum
    for (feature, region), largest in blocks.items():
        assert sum(item.largest for item in instrument.items_of(feature=feature, region=region)) == largest
    assert {item.feature for item in instrument.items} == set(instrument.features)


def test_sharp_van_der_heijde_scores_16_and_15_sites_a_hand_and_6_and_6_a_foot() -> None:
    svdh, sides = instruments.get("svdh"), instruments.get("svdh-two-sides")
    for side in "LR":
        counts = [
            len(svdh.items_of(side=side, region=r, feature=f))
            for r in ("hand", "foot")
            for f in ("erosion", "narrowing")
        ]
        assert counts == [16, 15, 6, 6]
    assert len(sides.items_of(feature="erosion")) == 56
    assert len(sides.items_of(feature="narrowing")) == 42
    assert not [item for item in svdh.items_of(feature="narrowing") if item.joint == "IP1"]


def test_larsen_1977_counts_the_wrist_five_times_and_1995_in_four_quadrants() -> None:
    assert instruments.get("larsen-1977").item("GL-WRIST").largest == 25
    quadrants = [item for item in instruments.get("larsen-1995").items if item.joint == "WRIST" and item.side == "L"]
    assert len(quadrants) == 4
    assert len({item.part for item in quadrants}) == 4


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_items_are_in_reading_order_with_erosion_and_narrowing_of_a_joint_together(instrument: Instrument) -> None:
    order = list(dict.fromkeys((item.region, item.side) for item in instrument.items))
    assert order == [("hand", "L"), ("hand", "R"), ("foot", "L"), ("foot", "R")]
    joints = [(item.region, item.side, item.joint) for item in instrument.items]
    runs = [joint for at, joint in enumerate(joints) if at == 0 or joints[at - 1] != joint]
    assert len(runs) == len(set(runs))
    left = [(i.feature, i.joint, i.part, i.allowed) for i in instrument.items if i.side == "L"]
    assert left == [(i.feature, i.joint, i.part, i.allowed) for i in instrument.items if i.side == "R"]


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_every_name_of_an_item_is_its_own(instrument: Instrument) -> None:
    for name in ("key", "wide_name", "paramcd"):
        names = [getattr(item, name) for item in instrument.items]
        assert len(set(names)) == len(names)
    assert all(len(item.paramcd) <= 8 for item in instrument.items)
    assert instrument.item("EL-MCP2" if "erosion" in instrument.features else "GL-MCP2").joint == "MCP2"


def test_the_wide_names_are_the_86_of_the_ra2_dream_challenge() -> None:
    """The column names as public code for the challenge lists them."""
    hand = [f"pip_E__{n}" for n in range(2, 6)] + [f"mcp_E__{n}" for n in range(1, 6)] + ["mcp_E__ip"]
    hand += [f"wrist_E__{bone}" for bone in ("mc1", "mul", "nav", "lunate", "radius", "ulna")]
    hand += [f"pip_J__{n}" for n in range(2, 6)] + [f"mcp_J__{n}" for n in range(1, 6)]
    hand += [f"wrist_J__{site}" for site in ("cmc3", "cmc4", "cmc5", "mna", "capnlun", "radcar")]
    foot = [f"mtp_{feature}__{n}" for feature in "EJ" for n in ("ip", 1, 2, 3, 4, 5)]
    names = {f"{side}H_{name}" for side in "LR" for name in hand} | {
        f"{side}F_{name}" for side in "LR" for name in foot
    }
    assert len(names) == 86
    assert {item.wide_name for item in instruments.get("svdh").items} == names


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_every_grade_of_every_item_has_a_text_in_every_wording(instrument: Instrument) -> None:
    for wording in instrument.wordings:
        for item in instrument.items:
            assert all(instrument.text_of(item, grade, wording) for grade in item.allowed)
    assert instrument.default_wording in instrument.wordings


def test_both_wordings_of_the_erosion_grades_are_there_and_differ_on_crossing_the_middle() -> None:
    svdh = instruments.get("svdh")
    assert set(svdh.wordings) == {"cdisc-2025", "jrheum-sums"}
    assert "middle of the bone" in svdh.wordings["cdisc-2025"]["erosion"][4]
    assert "across the midline" in svdh.wordings["jrheum-sums"]["erosion"][3]


def test_a_foot_joint_entered_as_one_value_says_that_it_is_a_sum() -> None:
    whole, sides = instruments.get("svdh"), instruments.get("svdh-two-sides")
    sums = [whole.text_of(whole.item("EL-MTP1"), grade) for grade in (5, 9)]
    assert sums == [
        "Complete collapse, or the two sides of the joint, 0-5 each, add up to 5",
        "The two sides of the joint, 0-5 each, add up to 9",
    ]
    assert sides.text_of(sides.item("EL-MTP1-P"), 5) == "Complete collapse"


def test_a_hand_joint_says_nothing_of_the_feet() -> None:
    svdh = instruments.get("svdh")
    hand = [(item, grade) for item in svdh.items_of(region="hand") for grade in item.allowed]
    texts = [svdh.text_of(item, grade, key) for key in svdh.wordings for item, grade in hand]
    assert [text for text in texts if "feet" in text or "two sides" in text] == []


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_no_two_grades_of_a_joint_read_alike(instrument: Instrument) -> None:
    for wording in instrument.wordings:
        for item in instrument.items:
            texts = [instrument.text_of(item, grade, wording) for grade in item.allowed]
            assert len(set(texts)) == len(texts), item.label


def test_only_an_instrument_whose_sites_are_not_verified_asks_for_an_acknowledgement() -> None:
    assert [one.key for one in ALL if one.unverified] == ["larsen-1977"]
    fact = instruments.get("larsen-1977").unverified_facts[0]
    assert fact.about == "sites"
    assert fact.mark is Mark.GENERAL


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_every_fact_has_a_mark_and_a_source_and_reaches_the_printed_table(instrument: Instrument) -> None:
    text = instrument_table.as_text(instrument)
    assert {"sites", "grades", "range", "terms", "reasons"} <= {fact.about for fact in instrument.provenance}
    for fact in instrument.provenance:
        assert fact.source
        assert f"[{fact.mark}] {fact.about}: {fact.says}" in text


def test_cdisc_terms_are_given_where_published_and_left_empty_where_not() -> None:
    svdh = instruments.get("svdh")
    terms = svdh.item("EL-MCP2").terms
    assert (terms.testcd, terms.test_code, terms.loc_code) == ("SVBESCR", "C128988", "C102317")
    assert (terms.lat, terms.lat_code, terms.method) == ("LEFT", "C25229", "X-RAY")
    assert svdh.item("JR-PIP3").terms.loc_code == "C114195"
    assert svdh.item("ER-MTP4").terms.loc_code == "C102324"
    assert svdh.item("JL-CMC3").terms.loc_code == "C103914"
    assert svdh.item("EL-NAV").terms.loc == "SCAPHOID BONE"
    assert svdh.item("EL-MUL").terms.loc == ""
    assert instruments.get("larsen-1995").item("GL-MCP2").terms.testcd == ""
    assert instruments.get("svdh-two-sides").item("EL-MTP2-P").terms.dir == "PROXIMAL"


def test_reasons_are_in_the_order_of_the_keys_n_then_1_to_6() -> None:
    assert [reason.code for reason in REASONS] == ["IMAGE", "SURGERY", "OVERLAP", "PROJECTION", "EXPOSURE", "OTHER"]
    assert [reason.code for reason in REASONS if reason.operated] == ["SURGERY"]
    assert instruments.get("svdh").reason("ABSENT") is ABSENT


def test_what_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(instruments.UnknownInstrument, match=r"There is no instrument “sharp”\. Choose svdh, "):
        instruments.get("sharp")
    with pytest.raises(UnknownItem, match=r"“EL-DIP2” is not an item of svdh\."):
        instruments.get("svdh").item("EL-DIP2")
    with pytest.raises(UnknownReason, match="The reason cannot be “TIRED”. Give one of IMAGE, SURGERY"):
        instruments.get("svdh").reason("TIRED")


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_sums_of_two_visits_stay_far_from_the_end_of_64_bits(instrument: Instrument) -> None:
    """Denominators of a change divide the product of the block maxima over their common step, squared."""
    step = {
        block: min(i.largest for i in instrument.items_of(feature=block[0], region=block[1]))
        for block in layout_of(instrument).blocks
    }
    bound = instrument.maximum
    for (feature, region), least in step.items():
        largest = sum(item.largest for item in instrument.items_of(feature=feature, region=region))
        bound *= (largest // least) ** 2 * least
    assert bound < 2**63


def test_the_definition_as_json_is_plain_data() -> None:
    data = instrument_table.as_data(instruments.get("svdh-two-sides"))
    assert json.loads(json.dumps(data))["maxima"] == {
        "erosion, hand": 160,
        "narrowing, hand": 120,
        "erosion, foot": 120,
        "narrowing, foot": 48,
    }


def test_adding_an_instrument_takes_one_file(tmp_path: Path) -> None:
    """A score in half points, put beside the others, is found, listed and added up without another change."""
    package = tmp_path / "instruments"
    copy(package)
    (package / "halves.py").write_text(HALVES)
    program = (
        "import instruments; from instruments.totals import score_one; from instruments.missing import get_rule;"
        "one = instruments.get('halves'); print(instruments.KEYS[-1], one.maximum,"
        "score_one(one, {item.key: 7 for item in one.items}, get_rule()).value)"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["halves", "35", "35.0"]


def copy(package: Path) -> None:
    package.mkdir()
    for module in (ROOT / "instruments").glob("*.py"):
        (package / module.name).write_text(module.read_text())


HALVES = """
from instruments import scored_joints
from instruments.not_assessable import REASONS
from instruments.facts import Fact, Mark
from instruments.definition import Instrument, maximum_of

ITEMS = tuple(
    scored_joints.make_item(feature="erosion", side=side, site=site, allowed=tuple(range(8)))
    for side in scored_joints.SIDES
    for site in scored_joints.MTP
)
INSTRUMENTS = (
    Instrument(
        "halves", 1, "Half points", ("erosion",), ITEMS, maximum_of(ITEMS, 2), {"own": {"erosion": {}}}, "own", REASONS,
        "none", (Fact("sites", "a test", Mark.COMPUTED, "this file"),), 99, unit=2,
    ),
)
"""


def test_a_definition_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        instruments.get("svdh").maximum = 1  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Fact("sites", "", Mark.VERIFIED, "").mark = Mark.GENERAL  # type: ignore[misc]
