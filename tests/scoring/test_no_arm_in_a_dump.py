"""A person who copies the whole server, and even steals one custodian's key, has no arm."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from itertools import product
from os.path import commonprefix
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.core import mail
from django.db import connection
from django.urls import reverse

from jobs.carrying import run_due_jobs
from scoring.models import ArmsRequest, ArmsRequestStatus
from studies.arms.custodian.custodian import SUITE, context, load_key
from studies.arms.sealing import open_arm, share_of_pair
from studies.models import SealedArm
from tests.scoring.unsealing_cast import CANARIES, Opening, arms_of, browser, make_opening
from tests.studies.arms_cast import PASSPHRASE, csv_of

pytestmark = pytest.mark.django_db


def rows() -> Iterator[bytes]:
    """Every column of every row of every table, the framework's own included."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    held = isinstance(value, bytes | memoryview)
                    yield bytes(value) if held else repr(value).encode()


def files(*folders: Path) -> Iterator[bytes]:
    """Every file of the server, whatever it is for."""
    for folder in folders:
        yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def all_settings() -> bytes:
    """Every setting, the secrets too."""
    return repr({name: getattr(settings, name) for name in dir(settings) if name.isupper()}).encode()


def spellings(arm: str) -> list[bytes]:
    """The arm as it may be in a file: in UTF-8 and UTF-16, in hex, in base64 from any place."""
    text = arm.encode()
    certain = [(shift + len(text)) * 8 // 6 for shift in range(3)]
    in_base64 = [base64.b64encode(b"x" * shift + text)[4 * bool(shift) : certain[shift]] for shift in range(3)]
    return [text, arm.encode("utf-16-le"), text.hex().encode(), *in_base64]


def found_in(dump: bytes) -> list[str]:
    """The arms in a dump; each is looked for only where what all of them begin with is in it."""
    if not any(spelling in dump for spelling in spellings(commonprefix(CANARIES))):
        return []
    return [arm for arm in CANARIES if any(spelling in dump for spelling in spellings(arm))]


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Path:
    """Where this server would leave a file if it left one."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    (tmp_path / "uploads").mkdir()
    return tmp_path


@pytest.fixture
def opening(server: Path, tmp_path_factory: Any, caplog: Any) -> Opening:
    """Fifty subjects with fifty arms, imported on the page as a custodian does it."""
    caplog.set_level(logging.DEBUG)
    made = make_opening(tmp_path_factory.mktemp("custodians"))
    file = io.BytesIO(csv_of(arms_of(made)).encode())
    file.name = "arms.csv"
    url = reverse("studies:arms_import", args=[made.built_trial.trial.code])
    assert browser(made.holders.custodians[0]).post(url, {"file": file, "understood": "on"}).status_code == 302
    assert SealedArm.objects.count() == len(CANARIES) == 50
    return made


def test_an_arm_is_found_however_it_is_written() -> None:
    arm = CANARIES[7]
    coded = [base64.b64encode(b"y" * shift + arm.encode() + b"z") for shift in range(3)]
    for written in [arm.encode(), arm.encode("utf-16-le"), arm.encode().hex().encode(), *coded]:
        assert found_in(bytes(1000) + written) == [arm]


def dump(server: Path, caplog: Any) -> bytes:
    """Database, files, settings, log and mails, as one."""
    mails = repr([message.message().as_bytes() for message in getattr(mail, "outbox", [])]).encode()
    everything = [*rows(), *files(server, settings.VAR), all_settings(), mails, caplog.text.encode()]
    return b"\0".join(everything)


def test_fifty_arms_appear_nowhere_after_their_import(opening: Opening, server: Path, caplog: Any) -> None:
    whole = dump(server, caplog)
    assert b"S049" in whole, "the dump holds the subjects"
    assert opening.built_trial.trial.code.encode() in whole
    assert found_in(whole) == []


def test_nor_while_a_request_waits_nor_after_the_arms_were_opened(opening: Opening, server: Path, caplog: Any) -> None:
    asked = opening.ask()
    opening.give(asked, 0)
    assert found_in(dump(server, caplog)) == []
    opening.give(asked, 1)
    run_due_jobs()
    assert ArmsRequest.objects.get().status == ArmsRequestStatus.OPENED
    assert found_in(dump(server, caplog)) == []


def test_one_custodians_key_and_the_whole_server_open_no_arm(opening: Opening) -> None:
    values = list(SealedArm.objects.select_related("subject"))
    for thief in opening.holders.custodians:
        key = load_key(thief.key_file, PASSPHRASE.encode())
        assert [arm for value in values for arm in tries(opening, value, key)] == []


def tries(opening: Opening, value: SealedArm, key: X25519PrivateKey) -> Iterator[str]:
    """Every arm that one key opens: its own shares and everything stored with them, in every place of every pair."""
    trial, code = opening.built_trial.trial.code, value.subject.code
    own = dict(shares_of(trial, code, value.sealed, key))
    beside = [bytes(32), settings.SEALING_KEY.encode(), *map(bytes.fromhex, value.sealed["commitments"].values())]
    for place, share in own.items():
        parts = [share_of_pair(share, place, pair, 3) for pair in ((1, 2), (1, 3), (2, 3)) if place in pair]
        for pair in ((1, 2), (1, 3), (2, 3)):
            for first, second in product([*parts, *beside], repeat=2):
                given = {pair[0]: (first[:32] * 2), pair[1]: (second[:32] * 2)}
                try:
                    yield open_arm(value.sealed, given, trial=trial, subject=code, version=1)
                except InvalidTag:
                    continue


def shares_of(trial: str, code: str, sealed: dict[str, Any], key: X25519PrivateKey) -> Iterator[tuple[int, bytes]]:
    """The shares that a key opens, with their place."""
    for place in (1, 2, 3):
        info = context(trial, code, 1, f"share {place}")
        try:
            yield place, SUITE.decrypt(base64.b64decode(sealed["shares"][str(place)]), key, info=info)
        except InvalidTag:
            continue


def test_two_custodians_keys_do_open_them_so_the_attempt_is_a_real_one(opening: Opening) -> None:
    keys = [load_key(one.key_file, PASSPHRASE.encode()) for one in opening.holders.custodians[:2]]
    for value in SealedArm.objects.select_related("subject")[:3]:
        trial, code = opening.built_trial.trial.code, value.subject.code
        given = dict(pair for key in keys for pair in shares_of(trial, code, value.sealed, key))
        assert open_arm(value.sealed, given, trial=trial, subject=code, version=1) == arms_of(opening)[code]
