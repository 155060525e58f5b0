"""A signature asks for the password again, is bound to one record's bytes, and is never changed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Signature, User
from accounts.signatures import check_password_for_signature, signatures_of, write_signature
from accounts.signed_acts import Act
from audit.models import Event
from audit.trail import NotAudited, audited_atomic
from audit.verify import verify
from config.errors import BadInput, NotAllowed, WrongState
from jobs.models import Job
from tests.cast import PASSWORD, Cast
from tests.protection import lifted
from tests.tracking import record_new_rows

RECORD = ("reading.read", "7")


def digest_of(text: bytes = b"values") -> str:
    return hashlib.sha256(text).hexdigest()


def sign(cast: Cast, who: str = "reader", **changes: Any) -> Signature:
    signed = {"act": Act.READ, "record": RECORD, "digest": digest_of(), "stream": "RA-1"} | changes
    with audited_atomic():
        return write_signature(actor=cast.actor(who), user=cast.user(who), **signed)


def test_a_signature_carries_name_role_time_and_meaning(cast: Cast) -> None:
    signature = sign(cast)
    assert (signature.printed_name, signature.role) == ("reader of RA-1", "reader")
    assert (signature.meaning, signature.digest) == ("I read these films myself and these are my scores", digest_of())
    assert signature.signed_at is not None
    assert signatures_of(RECORD) == [signature]


def test_it_keeps_the_name_it_was_given_with(cast: Cast) -> None:
    signature = sign(cast)
    User.objects.filter(pk=cast.user("reader").pk).update(name="Another Name")
    signature.refresh_from_db()
    assert signature.printed_name == "reader of RA-1"


def test_the_right_password_passes_and_a_wrong_one_is_refused_and_recorded(cast: Cast) -> None:
    reader = cast.user("reader")
    check_password_for_signature(user=reader, password=PASSWORD)
    with pytest.raises(BadInput, match="the password you sign in with") as refusal:
        check_password_for_signature(user=reader, password="not it")
    assert "not it" not in str(refusal.value)
    assert Event.objects.filter(action="accounts.signature.refused").count() == 1


def test_five_wrong_passwords_in_a_row_end_the_session_and_alert(cast: Cast, settings: Any) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        with pytest.raises(BadInput):
            check_password_for_signature(user=reader, password="not it")
    assert client.get("/you/").status_code == 200
    with pytest.raises(WrongState, match="too many wrong passwords"):
        check_password_for_signature(user=reader, password="not it")
    assert client.get("/you/").status_code == 302
    assert Job.objects.filter(kind="accounts.alert").count() == 1


def test_a_right_password_in_between_begins_the_count_anew(cast: Cast, settings: Any) -> None:
    reader = cast.user("reader")
    for password in (["not it"] * (settings.AXES_FAILURE_LIMIT - 1) + [PASSWORD]) * 2:
        if password == PASSWORD:
            check_password_for_signature(user=reader, password=password)
        else:
            with pytest.raises(BadInput):
                check_password_for_signature(user=reader, password=password)


def test_nobody_signs_for_somebody_else(cast: Cast) -> None:
    with audited_atomic(), pytest.raises(NotAllowed):
        write_signature(
            actor=cast.actor("reader"),
            user=cast.user("reader.two"),
            act=Act.READ,
            record=RECORD,
            digest=digest_of(),
            stream="RA-1",
        )


def test_a_double_click_signs_once(cast: Cast) -> None:
    sign(cast)
    with pytest.raises(WrongState, match="already signed this"):
        sign(cast)
    assert Signature.objects.count() == 1


def test_other_bytes_of_the_same_record_are_signed_anew(cast: Cast) -> None:
    sign(cast)
    sign(cast, digest=digest_of(b"corrected values"))
    assert [signature.digest for signature in signatures_of(RECORD)] == [digest_of(), digest_of(b"corrected values")]


def test_something_that_is_no_digest_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput, match="64 hexadecimal digits"):
        sign(cast, digest="abc")


def test_a_signature_outside_the_transaction_of_its_record_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAudited), transaction.atomic():
        write_signature(
            actor=cast.actor("reader"),
            user=cast.user("reader"),
            act=Act.READ,
            record=RECORD,
            digest=digest_of(),
            stream="RA-1",
        )
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_signature SET record_id = '8'", "DELETE FROM accounts_signature"],
)
def test_the_database_refuses_to_change_a_signature(cast: Cast, statement: str) -> None:
    sign(cast)
    with pytest.raises(DatabaseError, match="regulated"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_signature_moved_to_another_record_is_found(cast: Cast) -> None:
    signature = sign(cast)
    record_new_rows("RA-1")
    assert verify().intact
    with lifted():
        Signature.objects.filter(pk=signature.pk).update(record_id="8")
    assert any(f"accounts_signature {signature.pk}" in str(finding) for finding in verify().findings)


def test_an_account_with_signatures_cannot_be_deleted(cast: Cast) -> None:
    sign(cast)
    with pytest.raises(Exception, match="protected foreign keys|referenced"):
        cast.user("reader").delete()
