"""A file on its way in pieces: resumed where it stopped, encrypted while it waits, gone once it is received."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.errors import BadInput, WrongState
from studies.arrival.pieces import PIECE_BYTES, forget_stale, keep, key_of, received, whole
from tests.studies.planned import Planned

FINGERPRINT = hashlib.sha256(b"a film").hexdigest()
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def key(ra1: Planned) -> str:
    return key_of(site=ra1.sites[0], user_id=1, fingerprint=FINGERPRINT)


def test_a_file_put_together_is_the_file_that_was_sent(key: str) -> None:
    for begin, content in ((0, b"first "), (6, b"second "), (13, b"third")):
        keep(key=key, begin=begin, content=content)
    with whole(key=key, size=18) as file:
        assert file.read() == b"first second third"


def test_a_broken_connection_goes_on_where_it_stopped(key: str) -> None:
    keep(key=key, begin=0, content=b"first ")
    assert received(key) == 6
    assert keep(key=key, begin=6, content=b"second") == 12


def test_a_piece_sent_twice_counts_once(key: str) -> None:
    keep(key=key, begin=0, content=b"first ")
    assert keep(key=key, begin=0, content=b"first ") == 6


def test_a_piece_out_of_turn_is_refused_with_the_place_to_go_on_from(key: str) -> None:
    keep(key=key, begin=0, content=b"first ")
    with pytest.raises(WrongState, match="Send the piece that begins at byte 6"):
        keep(key=key, begin=100, content=b"far ahead")


@pytest.mark.parametrize("length", [0, PIECE_BYTES + 1])
def test_a_piece_that_is_empty_or_too_long_is_refused(key: str, length: int) -> None:
    with pytest.raises(BadInput, match="piece"):
        keep(key=key, begin=0, content=bytes(length))


def test_a_file_longer_than_allowed_is_refused(key: str, settings: Any) -> None:
    settings.MAX_REQUEST_BYTES = 10
    with pytest.raises(BadInput, match="Only files of up to 10 bytes"):
        keep(key=key, begin=0, content=bytes(11))


def test_what_is_not_whole_is_not_received(key: str) -> None:
    keep(key=key, begin=0, content=b"first ")
    with pytest.raises(WrongState, match="of the 12 bytes of the file have arrived"), whole(key=key, size=12):
        raise AssertionError("it was given out")


def test_a_received_file_leaves_no_piece_behind(key: str, stores: Path) -> None:
    keep(key=key, begin=0, content=b"first ")
    with whole(key=key, size=6):
        pass
    assert [path.name for path in stores.rglob("*")] == ["quarantine", "pieces"]


def test_a_file_that_was_not_taken_can_be_asked_for_again(key: str) -> None:
    keep(key=key, begin=0, content=b"first ")
    with pytest.raises(KeyError), whole(key=key, size=6):
        raise KeyError("the door was shut")
    assert received(key) == 6


def test_nothing_readable_waits_on_disk(key: str, stores: Path) -> None:
    keep(key=key, begin=0, content=b"MUSTERMANN^ERIKA" * 100)
    contents = [path.read_bytes() for path in stores.rglob("*") if path.is_file()]
    assert len(contents) == 1
    assert b"MUSTERMANN" not in contents[0]


def test_each_person_of_each_site_collects_under_a_name_of_his_own(ra1: Planned) -> None:
    keys = {key_of(site=site, user_id=user, fingerprint=FINGERPRINT) for site in ra1.sites for user in (1, 2)}
    assert len(keys) == 4


@pytest.mark.parametrize("fingerprint", ["", "../../etc", "A" * 64, "0" * 63])
def test_a_fingerprint_that_is_none_is_refused(ra1: Planned, fingerprint: str) -> None:
    with pytest.raises(BadInput, match="fingerprint"):
        key_of(site=ra1.sites[0], user_id=1, fingerprint=fingerprint)


def test_what_nobody_went_on_with_is_forgotten_after_a_week(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(key=key, begin=0, content=b"first ")
    forget_stale()
    assert received(key) == 6
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=8))
    forget_stale()
    assert received(key) == 0
