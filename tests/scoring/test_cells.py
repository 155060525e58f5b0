"""The cells of a dataset's CSV files are written as the standard library writes them; formulas are kept as text."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection

from scoring.datasets.package import cells_of
from scoring.datasets.saved_scores import time_of

PLAIN = ["", "S001", 0, -3, 12, "a, b", 'one "word"', "two\nlines", "a\rb", " blank ", "ü", "-1/2", "-0.5"]
OTHER = [None, Decimal("1.0"), Decimal("1.00"), Fraction(1), True, 2.5, "1"]


@pytest.mark.parametrize(
    "values",
    [PLAIN * 2, OTHER, PLAIN + OTHER, [1, True, 0, False]],
    ids=["texts and numbers", "others", "all", "numbers and truths"],
)
def test_a_column_is_written_as_the_standard_library_writes_it(values: list[object]) -> None:
    with io.StringIO(newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([value, "end"] for value in values)
        assert "".join(f"{cell},end\r\n" for cell in cells_of(values)) == file.getvalue()


def test_a_formula_is_kept_as_text() -> None:
    assert cells_of(["=A1", "+1", "@x", "-b", "=1,2"]) == ["'=A1", "'+1", "'@x", "'-b", '"\'=1,2"']


@pytest.mark.django_db
def test_a_time_of_the_database_keeps_its_microseconds_as_text() -> None:
    for micro in (0, 250_000, 7, 123_456):
        at = datetime(2026, 12, 1, 23, 59, 59, micro, tzinfo=UTC)
        with connection.cursor() as cursor:
            cursor.execute("SELECT CAST(%s AS text)", [at if connection.vendor == "postgresql" else str(at)[:-6]])
            assert time_of(cursor.fetchone()[0]) == at
