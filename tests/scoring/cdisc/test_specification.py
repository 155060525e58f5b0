"""The specification of a transfer is within the limits of CDISC, and every term that can be written is listed."""

from __future__ import annotations

import io

import pytest

import instruments
from instruments.not_assessable import ABSENT
from scoring.cdisc.parameters import joint_parameters, total_parameters
from scoring.cdisc.scored import CATEGORIES, CODES, NAMES, dir_of, loc_of, named_test
from scoring.cdisc.terms import codelists
from scoring.cdisc.transfer import TABLES
from scoring.cdisc.variables import DefineOrigin, TransferTable
from scoring.cdisc.xport import TransportFile


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_name_label_and_length_is_within_the_limits(table: TransferTable) -> None:
    TransportFile(io.BytesIO(), table)
    assert len(set(table.names)) == len(table.names)
    assert set(table.keys) <= set(table.names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_variable_says_where_its_values_come_from(table: TransferTable) -> None:
    for one in table.variables:
        needs_words = one.origin in (DefineOrigin.DERIVED, DefineOrigin.PREDECESSOR, DefineOrigin.NOT_AVAILABLE)
        assert one.says or one.codelist or not needs_words, one.name
    assert [one.name for one in table.variables if one.origin == DefineOrigin.DERIVED and not one.says] == []


def test_a_variable_in_several_datasets_is_the_same() -> None:
    """SDTM and ADaM ask for one label, type and length of a name."""
    seen: dict[str, set[tuple[object, ...]]] = {}
    for table in TABLES:
        for one in table.variables:
            seen.setdefault(one.name, set()).add((one.label, one.length, one.number))
    assert {name: found for name, found in seen.items() if len(found) > 1} == {}


@pytest.mark.parametrize("key", instruments.KEYS)
def test_every_codelist_that_a_variable_names_exists_unless_the_instrument_has_no_such_term(key: str) -> None:
    lists = codelists(instruments.get(key))
    named = {one.codelist for table in TABLES for one in table.variables if one.codelist}
    assert named - set(lists) <= {"DIR"}
    assert set(lists) <= named
    for table in TABLES:
        for one in table.variables:
            if found := lists.get(one.codelist):
                assert len(set(found.values)) == len(found.values), one.name
                assert max(map(len, found.values)) <= one.length, one.name


@pytest.mark.parametrize("key", instruments.KEYS)
def test_every_term_that_an_item_can_be_written_with_is_listed(key: str) -> None:
    instrument = instruments.get(key)
    lists = codelists(instrument)
    for item in instrument.items:
        test = named_test(instrument, item)
        assert test.testcd in lists["MUSCTSCD"].values
        assert test.test in lists["MUSCTS"].values
        assert loc_of(item)[0] in lists["LOC"].values
        assert item.terms.lat in lists["LAT"].values
        assert not dir_of(item)[0] or dir_of(item)[0] in lists["DIR"].values
        assert item.region.upper() in lists["MKSCAT"].values
        assert item.feature.upper() in lists["FEATURE"].values
    assert {one.label.upper() for one in (*instrument.reasons, ABSENT)} == set(lists["REASND"].values)
    assert {one.code for one in total_parameters(instrument).values()} == set(lists["PARAMCD"].values)
    assert {one.says for one in joint_parameters(instrument).values()} == set(lists["JPARAM"].values)


@pytest.mark.parametrize("key", instruments.KEYS)
def test_test_location_side_and_direction_name_one_item(key: str) -> None:
    """Otherwise two scores of a visit would have the same key in MK."""
    instrument = instruments.get(key)
    keys = [(named_test(instrument, one), loc_of(one), one.terms.lat, dir_of(one)) for one in instrument.items]
    assert len(set(keys)) == len(keys)


def test_a_parameter_has_one_code_one_text_and_one_number() -> None:
    for instrument in map(instruments.get, instruments.KEYS):
        totals, joints = total_parameters(instrument), joint_parameters(instrument)
        for found in (list(totals.values()), list(joints.values())):
            for name in ("code", "says", "number"):
                assert len({getattr(one, name) for one in found}) == len(found)


def test_the_parameters_of_the_totals_are_those_of_the_specification() -> None:
    svdh = {one.code: one.says for one in total_parameters(instruments.get("svdh")).values()}
    assert svdh["SVTS1"] == "Sharp/van der Heijde Total Score, Reader 1"
    assert svdh["SVESA"] == "Sharp/van der Heijde Erosion Score, Average of the Deciding Readers"
    assert svdh["SVJSJ"] == "Sharp/van der Heijde Joint Space Narrowing Score, Adjudicator"
    assert "LATSA" in {one.code for one in total_parameters(instruments.get("larsen-1995")).values()}
    assert set(CATEGORIES) == set(CODES) == set(NAMES) == set(instruments.KEYS)


def test_the_lengths_are_those_of_the_specification_or_what_the_product_allows() -> None:
    lengths = {name: table.variable(name).length for table in TABLES for name in table.names}
    wanted = {"USUBJID": 64, "STUDYID": 32, "MKGRPID": 32, "MKLOC": 60, "QVAL": 200, "PARAM": 200, "PARAMCD": 8}
    assert {name: lengths[name] for name in wanted} == wanted
