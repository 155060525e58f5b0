"""SAS transport files: what is written is what an independent reader finds, and what cannot be written is named."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cdisc.columns import block_of
from scoring.cdisc.variables import DefineOrigin, Row, TransferTable, Variable, number, text
from scoring.cdisc.xport import NotTransferable, TransportFile
from tests.scoring.cdisc.transport_reader import TransportDataset, parsed

SUBJECT = text("USUBJID", "Unique Subject Identifier", 10, DefineOrigin.ASSIGNED)
VALUE = number("AVAL", "Analysis Value", DefineOrigin.DERIVED, missing_by="WHY")
DAY = number("ADT", "Analysis Date", DefineOrigin.DERIVED, format="DATE9.")
LARGEST = 16.0**63 * (1 - 2.0**-53)
DOUBLES = st.floats(-LARGEST, LARGEST).filter(lambda value: value == 0 or abs(value) >= 16.0**-65)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10).map(str.rstrip)


def table(*variables: Variable, name: str = "ADXR", label: str = "Totals") -> TransferTable:
    return TransferTable(name, label, "", "", (), variables or (SUBJECT, VALUE, DAY))


def written(rows: Sequence[Row], *, at_once: int = 1000, of: TransferTable | None = None) -> bytes:
    with io.BytesIO() as file:
        transport = TransportFile(file, of or table())
        for start in range(0, len(rows), at_once):
            transport.write(block_of(rows[start : start + at_once]))
        transport.close()
        return file.getvalue()


def read(rows: Sequence[Row]) -> TransportDataset:
    return parsed(written(rows))


@given(st.lists(st.tuples(TEXTS, st.none() | DOUBLES)))
def test_every_number_and_every_text_is_read_as_it_was_written(cells: list[tuple[str, float | None]]) -> None:
    rows = [{"USUBJID": subject, "AVAL": value, "ADT": 23513} for subject, value in cells]
    assert read(rows).rows == rows


def test_the_file_says_name_label_type_length_and_format_of_every_variable() -> None:
    found = read([{"USUBJID": "S-1", "AVAL": 12.5, "ADT": 23513}])
    assert (found.name, found.label) == ("ADXR", "Totals")
    assert [(one.name, one.label, one.number, one.length, one.format, one.at) for one in found.variables] == [
        ("USUBJID", "Unique Subject Identifier", False, 10, "", 0),
        ("AVAL", "Analysis Value", True, 8, "", 10),
        ("ADT", "Analysis Date", True, 8, "DATE9.", 18),
    ]


def test_a_number_has_the_bytes_that_sas_documents() -> None:
    """1 is 1/16 x 16^1; -118.625 is the textbook example of the format; a missing value is a point and zeros."""
    content = written([{"AVAL": 1, "ADT": -118.625, "USUBJID": "S"}, {"AVAL": None, "ADT": 0, "USUBJID": "S"}])
    assert content[1200:1226] == b"S         " + bytes.fromhex("4110000000000000 c276a00000000000")
    assert content[1226:1252] == b"S         " + bytes.fromhex("2e00000000000000 0000000000000000")


def test_the_same_rows_give_the_same_bytes_whatever_the_blocks() -> None:
    rows = [{"USUBJID": f"S{place}", "AVAL": place / 3, "ADT": place} for place in range(50)]
    assert len({written(rows, at_once=size) for size in (1, 7, 50)}) == 1
    assert len(read(rows).rows) == 50


def test_a_value_that_is_not_a_number_is_missing_and_a_letter_says_why() -> None:
    rows: list[Row] = [
        {"USUBJID": "a", "AVAL": math.nan},
        {"USUBJID": "b", "AVAL": "", "WHY": "A"},
        {"USUBJID": "c", "AVAL": None, "WHY": "Z"},
        {"USUBJID": "d", "AVAL": 0.5, "WHY": "A"},
    ]
    assert [row["AVAL"] for row in read(rows).rows] == [None, ".A", ".Z", 0.5]


def test_a_short_row_that_looks_like_the_end_of_the_file_is_not_lost() -> None:
    short = table(text("A", "A", 2, DefineOrigin.ASSIGNED))
    assert parsed(written([{"A": ""}, {"A": "x"}][1:], of=short)).rows == [{"A": "x"}]
    with pytest.raises(NotTransferable, match=r"Row 2 of ADXR has no value\."):
        written([{"A": "x"}, {"A": ""}], of=short)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"USUBJID": "12345678901"}, "Row 3 of ADXR: USUBJID is “12345678901”, of 11 bytes. At most 10 are allowed."),
        ({"USUBJID": "Zürich"}, "Row 3 of ADXR: USUBJID is “Zürich”. Only printable ASCII can be written."),
        ({"USUBJID": "a\tb"}, "Row 3 of ADXR: USUBJID is “a\tb”. Only printable ASCII can be written."),
        ({"AVAL": math.inf}, "Row 3 of ADXR: AVAL is inf, out of range."),
        ({"AVAL": 1e76}, "Row 3 of ADXR: AVAL is 1e+76, out of range."),
        ({"AVAL": 1e-80}, "Row 3 of ADXR: AVAL is 1e-80, out of range."),
        ({"AVAL": "many"}, "Row 3 of ADXR: AVAL is “many”, which is not a number."),
        ({"WHY": "AB"}, "Row 3 of ADXR: WHY is “AB”. A missing value is _ or A to Z."),
    ],
)
def test_what_cannot_be_written_is_refused_with_variable_row_and_value(row: Row, says: str) -> None:
    first = {"USUBJID": "S", "AVAL": 1}
    with pytest.raises(NotTransferable) as refused:
        written([first, first, {**first, **row}], at_once=2)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            table(name="ADXRJOINT"),
            "The name of dataset “ADXRJOINT” is not 1 to 8 of A-Z, 0-9 and _, a digit not first.",
        ),
        (table(label="x" * 41), f"The label of dataset ADXR, “{'x' * 41}”, is not ASCII of at most 40 characters."),
        (
            table(text("aval", "Value", 1, DefineOrigin.ASSIGNED)),
            "The name of variable “aval” is not 1 to 8 of A-Z, 0-9 and _, a digit not first.",
        ),
        (
            table(text("A", "Größe", 1, DefineOrigin.ASSIGNED)),
            "The label of variable A, “Größe”, is not ASCII of at most 40 characters.",
        ),
        (
            table(text("A", "A", 201, DefineOrigin.ASSIGNED)),
            "The length of variable A is 201. Text has 1 to 200, a number 8.",
        ),
        (
            table(number("A", "A", DefineOrigin.ASSIGNED, format="9DATE")),
            "The format of variable A, “9DATE”, is not a format like DATE9.",
        ),
    ],
)
def test_names_labels_and_lengths_beyond_the_format_are_refused(made: TransferTable, says: str) -> None:
    with pytest.raises(NotTransferable) as refused:
        written([], of=made)
    assert str(refused.value) == says
