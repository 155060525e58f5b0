"""Whatever the owner of the database alters is found, and the row is named; what no anchor holds yet is declared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from audit import anchors
from audit.anchor_checks import unanchored
from audit.models import Event
from audit.verify import verify
from tests.audit.tamperings import Tampering, covered_tables, cut_tail, every_tampering, let_go, rows
from tests.audit.test_regulated_tables import undone
from tests.audit.whole_line import make_whole_line
from tests.protection import lift

SAMPLE, DISTINCT, RANDOM = 20, 200, 1000
# Tables of which the whole line has no row, each with the reason: what is not there is not tampered with.
EMPTY: dict[str, str] = {}


@pytest.fixture
def whole_line(db: None, tmp_path: Path) -> None:
    """Rows in every table that a verification covers."""
    make_whole_line(tmp_path)


def is_named(does: Callable[[Random], tuple[str, str] | None], draw: Random) -> bool | None:
    """Whether verify names the row; None when the database refuses the tampering."""
    with undone(), connection.cursor() as cursor:
        lift()
        let_go(cursor)
        target = does(draw)
        if target is None:
            return None
        named = {(finding.table, finding.row.split(" ")[0]) for finding in verify().findings}
        return target in named or (target[0], target[1].split(" ")[0]) in named


def unnamed(tamperings: list[Tampering], draw: Random) -> tuple[int, list[str]]:
    """How many took place, and the names of those that were not found."""
    outcomes = [(name, is_named(does, draw)) for name, does in tamperings]
    return sum(found is not None for _, found in outcomes), [name for name, found in outcomes if found is False]


def test_every_table_that_a_verification_covers_has_rows_to_tamper_with(whole_line: None) -> None:
    assert [table for table in covered_tables() if not rows(table).exists()] == sorted(EMPTY)
    assert verify().findings == []


def test_a_sample_of_tamperings_is_found_and_named(line: None) -> None:
    anchors.write()
    draw = Random(4)
    assert unnamed(draw.sample(every_tampering(), SAMPLE), draw)[1] == []


def test_what_no_anchor_holds_yet_is_counted(line: None) -> None:
    """Events that were cut off together with their head leave no trace until an anchor holds them."""
    assert is_named(cut_tail, Random(1)) is False
    assert unanchored() == Event.objects.count()
    anchors.write()
    assert unanchored() == 0
    assert is_named(cut_tail, Random(1)) is True


@pytest.mark.full
def test_two_hundred_distinct_tamperings_are_found_and_named(whole_line: None) -> None:
    anchors.write()
    done, missed = unnamed(every_tampering(), Random(20))
    assert missed == []
    assert done >= DISTINCT


@pytest.mark.full
def test_a_thousand_random_tamperings_are_located(whole_line: None) -> None:
    anchors.write()
    draw = Random(3)
    done, missed = 0, list[str]()
    while done < RANDOM:
        more, unseen = unnamed([draw.choice(every_tampering())], draw)
        done, missed = done + more, missed + unseen
    assert missed == []
