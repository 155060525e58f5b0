"""A trial holds no arms unless it chooses to; what it holds is ciphertext, and no fault repeats a value."""

from __future__ import annotations

import base64
import io
import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.models import Event
from config.errors import BadInput, WrongState
from studies.arms.custodian import custodian
from studies.arms.custodian_keys import confirm_key, hold_arms, hold_no_arms, holds_arms, register_key
from studies.arms.importing import import_arms, write_import
from studies.arms.table import BadRows, read_arms
from studies.models import ArmsImport, Membership, SealedArm, Subject
from studies.plan.membership import grant
from tests.cast import Cast, make_user
from tests.studies.arms_cast import Custodian, Holders, csv_of, make_holders

pytestmark = pytest.mark.django_db
ARMS = {"S-1": "Canary arm one", "S-2": "Canary arm two", "S-3": "Canary arm one"}


@pytest.fixture
def holders(cast: Cast, tmp_path: Path) -> Holders:
    for code in ARMS:
        Subject.objects.create(trial=cast.trial, site=cast.site(), code=code)
    return make_holders(cast.trial, cast.actor("coordinator"), cast.user("coordinator"), tmp_path)


def browser(one: Custodian) -> Client:
    client = Client()
    client.force_login(one.user, backend=BACKEND)
    return client


def send(client: Client, text: str, **more: Any) -> Any:
    file = SimpleUploadedFile("arms.csv", text.encode(), "text/csv")
    return client.post(reverse("studies:arms_import", args=["RA-1"]), {"file": file, "understood": "on"} | more)


def test_by_default_a_trial_holds_no_arms_and_refuses_to_take_any(cast: Cast) -> None:
    assert not holds_arms(cast.trial)
    with pytest.raises(WrongState, match="holds no arms"):
        register_key(trial=cast.trial, actor=cast.actor("custodian"), user=cast.user("custodian"), public_key="x")
    page = cast.client("custodian").get(reverse("studies:arms", args=["RA-1"])).content.decode()
    assert "This trial holds no arms" in page
    assert "Import" not in page


def test_the_choice_says_plainly_what_is_lost_with_the_keys(cast: Cast) -> None:
    page = cast.client("coordinator").get(reverse("studies:arms_choose", args=["RA-1"])).content.decode()
    assert "If only one custodian still has their key, the arms held here are lost" in page
    url = reverse("studies:arms_choose", args=["RA-1"])
    assert cast.client("coordinator").post(url, {"reason": "protocol"}).status_code == 400
    assert cast.client("coordinator").post(url, {"reason": "protocol", "understood": "on"}).status_code == 302
    assert Event.objects.filter(action="studies.sealed-arms.chosen").count() == 1


def test_the_choice_can_be_taken_back_until_something_is_imported(cast: Cast, holders: Holders) -> None:
    hold_no_arms(trial=cast.trial, actor=cast.actor("coordinator"), reason="changed our minds")
    hold_arms(trial=cast.trial, actor=cast.actor("coordinator"), user=cast.user("coordinator"), reason="and again")
    holders.seal(ARMS)
    with pytest.raises(WrongState, match="can no longer choose to hold none"):
        hold_no_arms(trial=cast.trial, actor=cast.actor("coordinator"), reason="too late")


def test_a_key_counts_once_its_fingerprint_was_typed_by_its_custodian(cast: Cast, tmp_path: Path) -> None:
    holders = make_holders(cast.trial, cast.actor("coordinator"), cast.user("coordinator"), tmp_path, custodians=1)
    one = holders.custodians[0]
    user = make_user("custodian9@ra-1.example", "Custodian 9")
    Membership.objects.create(trial=cast.trial, user=user, role=Role.CUSTODIAN, reason="test")
    actor = type(one.actor)(user.pk, str(user), Role.CUSTODIAN)
    public = custodian.make_key(tmp_path / "nine.pem", b"a passphrase of the tests")
    with pytest.raises(BadInput, match="This public key was already registered in trial RA-1"):
        register_key(trial=cast.trial, actor=actor, user=user, public_key=one.public_key)
    key = register_key(trial=cast.trial, actor=actor, user=user, public_key=base64.b64encode(public).decode())
    assert cast.trial.custodian_keys.usable().count() == 1
    with pytest.raises(BadInput, match="fingerprint"):
        confirm_key(key=key, actor=actor, user=user, typed="0000-0000")
    confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint.upper())
    assert cast.trial.custodian_keys.usable().count() == 2
    with pytest.raises(BadInput, match="public key"):
        register_key(trial=cast.trial, actor=actor, user=user, public_key="not a key")


def test_a_fourth_custodian_and_an_import_with_one_are_refused(cast: Cast, holders: Holders, tmp_path: Path) -> None:
    with pytest.raises(WrongState, match="already has 3 custodians"):
        register_key(
            trial=cast.trial,
            actor=cast.actor("custodian"),
            user=cast.user("custodian"),
            public_key=holders.custodians[0].public_key,
        )
    Membership.objects.filter(user__in=[one.user for one in holders.custodians[1:]]).update(
        revoked_at="2026-01-01T00:00Z"
    )
    with pytest.raises(WrongState, match="Trial RA-1 has 1 confirmed custodian key"):
        holders.seal(ARMS)


def test_an_import_is_one_version_of_ciphertext_and_moves_its_bringer_to_the_unblinded_side(
    cast: Cast, holders: Holders
) -> None:
    bringer = holders.custodians[0]
    Membership.objects.create(trial=cast.trial, user=bringer.user, role=Role.CHECKER, reason="also checks masks")
    answer = send(browser(bringer), csv_of(ARMS))
    assert answer.status_code == 302, answer.content.decode()
    imported = ArmsImport.objects.get()
    assert (imported.version, len(imported.keys), imported.values.count()) == (1, 3, 3)
    held = {one.role: one for one in Membership.objects.filter(user=bringer.user)}
    assert held["custodian"].unblinded_at is not None
    assert held["custodian"].revoked_at is None
    assert held["checker"].revoked_at is not None
    with pytest.raises(WrongState, match="A custodian holds no other role"):
        grant(trial=cast.trial, user=bringer.user, role=Role.CHECKER, reason="again", actor=cast.actor("coordinator"))
    holders.seal(ARMS, by=1)
    assert [one.version for one in ArmsImport.objects.all()] == [2, 1]


def test_a_key_whose_fingerprint_is_not_its_own_is_not_confirmed_and_nothing_is_sealed_to_it(
    cast: Cast, holders: Holders
) -> None:
    other = base64.b64encode(bytes(32)).decode()
    one = cast.trial.custodian_keys.get(custodian=holders.custodians[1].user)
    cast.trial.custodian_keys.filter(pk=one.pk).update(public_key=other, confirmed_at=None)
    one.refresh_from_db()
    with pytest.raises(WrongState, match="does not have the fingerprint"):
        confirm_key(key=one, actor=holders.custodians[1].actor, user=holders.custodians[1].user, typed=one.fingerprint)
    cast.trial.custodian_keys.filter(pk=one.pk).update(confirmed_at=timezone.now())
    with pytest.raises(WrongState, match="does not have the fingerprint"):
        holders.seal(ARMS)
    assert not ArmsImport.objects.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("subject,arm\nCanary arm one,S-1\nCanary arm two,S-2\n", "Line 2: the subject does not belong to this trial."),
        (
            "S-1,Canary arm one\nS-2,Canary arm two\n",
            "Line 1: the columns must be named subject and arm, in this order.",
        ),
        ("subject,arm\nS-1,Canary arm one\nS-1,Canary arm two\n", "Line 3: the subject is already on line 2."),
        ("subject,arm\nS-1,\n", "Line 2: the arm is empty or contains characters that cannot be printed."),
        (
            "subject,arm\nS-1,Canary arm one,Canary arm two\n",
            "Line 2: a subject and an arm are expected, and the line has 3 values.",
        ),
        ("subject,arm\nS-1," + "Canary " * 20 + "\n", "Line 2: the arm is longer than 100 bytes."),
        ('subject,arm\nS-1,"Canary arm one\n', "The file is not CSV"),
        ("subject,arm\n", "The file has no subject of this trial."),
    ],
)
def test_a_fault_names_its_line_and_no_value(holders: Holders, text: str, says: str, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    answer = send(browser(holders.custodians[0]), text)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page
    assert "Canary" not in page
    assert "Canary" not in caplog.text
    assert not ArmsImport.objects.exists()
    with pytest.raises(BadRows) as refusal:
        read_arms(text.encode(), set(ARMS))
    assert "Canary" not in str(refusal.value)


def test_the_file_is_never_on_a_disk_and_a_large_one_is_refused(
    holders: Holders, tmp_path: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    (tmp_path / "uploads").mkdir()
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", lambda *_, **__: 1 / 0)
    assert send(browser(holders.custodians[0]), csv_of(ARMS)).status_code == 302
    large = csv_of(ARMS) + "\r\n" * 600_000
    answer = send(browser(holders.custodians[0]), large)
    assert answer.status_code == 400
    assert "The file is larger than 1 MB." in answer.content.decode()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_the_import_is_guarded_against_other_sites_forms(holders: Holders) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(holders.custodians[0].user, backend=BACKEND)
    assert send(client, csv_of(ARMS)).status_code == 403
    assert not SealedArm.objects.exists()


def test_a_custodian_downloads_the_tool_as_one_file(holders: Holders) -> None:
    answer = browser(holders.custodians[0]).get(reverse("studies:custodian_script", args=["RA-1"]))
    assert answer["Content-Disposition"] == 'attachment; filename="custodian.py"'
    assert answer.content == Path(custodian.__file__).read_bytes()
    assert io.BytesIO(answer.content).read(3) == b'"""'


def test_a_choice_or_a_confirmation_is_made_once(cast: Cast, holders: Holders) -> None:
    with pytest.raises(WrongState, match="Trial RA-1 already holds arms."):
        hold_arms(trial=cast.trial, actor=cast.actor("coordinator"), user=cast.user("coordinator"), reason="twice")
    one = holders.custodians[0]
    key = cast.trial.custodian_keys.get(custodian=one.user)
    with pytest.raises(WrongState, match=f"The key {key.fingerprint} was already confirmed or replaced."):
        confirm_key(key=key, actor=one.actor, user=one.user, typed=key.fingerprint)


def test_an_import_asks_for_the_warning_to_be_acknowledged(cast: Cast, holders: Holders) -> None:
    one = holders.custodians[0]
    with pytest.raises(BadInput, match="The warning about lost keys was not acknowledged.") as refusal:
        import_arms(trial=cast.trial, actor=one.actor, user=one.user, content=b"", understood=False)
    assert refusal.value.field == "understood"


def test_an_import_is_refused_when_keys_or_the_newest_version_changed_meanwhile(cast: Cast, holders: Holders) -> None:
    holders.seal(ARMS)
    one, keys = holders.custodians[1], list(cast.trial.custodian_keys.usable())
    for sealed_to, says in ((keys[:2], "changed during the import"), (keys, "imported version 1 of the arms")):
        with pytest.raises(WrongState, match=says):
            write_import(cast.trial, one.actor, one.user, sealed_to, 1, [])
    assert ArmsImport.objects.count() == 1
