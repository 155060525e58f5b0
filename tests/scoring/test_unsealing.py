"""The arms open after the lock, with the charter's permission, by any two custodians in time, and not otherwise."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.verify import verify as verify_audit
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.models import CampaignStatus
from scoring.arms import unsealing
from scoring.arms.requests import expire_all, why_not_open, withdraw_request
from scoring.arms.unsealing import receive_arms
from scoring.datasets import verifier
from scoring.models import ArmsRequest, ArmsRequestStatus, Lock, OpeningShare
from studies.arms.custodian import custodian
from studies.models import ArmsHolding, CustodianKey, Membership, SealedArm
from studies.plan.membership import grant
from tests.once_per_file import Once
from tests.protection import lift
from tests.reading.builders import PASSWORD
from tests.scoring.unsealing_cast import Opening, arms_of, browser, make_opening

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Opening:
    def build() -> Opening:
        made = make_opening(tmp_path_factory.mktemp("opening"))
        made.holders.seal(arms_of(made))
        return made

    return once(build)


@pytest.fixture
def opening(built: Opening) -> Opening:
    return deepcopy(built)


def state(asked: ArmsRequest) -> str:
    asked.refresh_from_db()
    return str(asked.status)


def test_two_custodians_open_the_arms_of_the_subjects_read_and_of_no_other(tmp_path: Path) -> None:
    opening = make_opening(tmp_path, read=True, code="READ")
    opening.holders.seal(arms_of(opening))
    asked = opening.ask()
    opening.give(asked, 0)
    assert state(asked) == ArmsRequestStatus.WAITING
    opening.give(asked, 2)
    run_due_jobs()
    assert state(asked) == ArmsRequestStatus.OPENED
    statistician = opening.built_trial.people["statistician"]
    content = receive_arms(
        asked=asked, actor=opening.built_trial.actor("statistician"), user=statistician, password=PASSWORD
    )
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path / "copy")
    (folder,) = (tmp_path / "copy").iterdir()
    assert verifier.verify(folder, asked.root) == []
    rows = list(csv.DictReader((folder / "arms.csv").open(newline="")))
    assert {row["SUBJID"]: row["ARM"] for row in rows} == dict(list(arms_of(opening).items())[:2])
    assert json.loads((folder / "manifest.json").read_text())["dataset_root"] == asked.lock.root
    assert not OpeningShare.objects.exclude(content=None).exists(), "shares are wiped once they have served"
    recorded = set(Event.objects.values_list("action", flat=True))
    assert {
        "scoring.arms.requested",
        "scoring.opening-share.given",
        "scoring.arms.opened",
        "scoring.arms.received",
    } <= recorded
    assert verify_audit().findings == []


def test_the_custodians_are_informed_by_mail_and_no_arm_subject_or_reason_is_named(opening: Opening) -> None:
    asked = opening.ask()
    run_due_jobs()
    (message,) = [one for one in mail.outbox if "opening share" in one.subject]
    assert sorted(message.bcc) == sorted(one.user.email for one in opening.holders.custodians)
    assert asked.token in message.body
    assert not any(word in message.body for word in ("S000", "final analysis", "Canary"))


def test_the_subjects_of_the_opened_arms_are_in_the_order_in_which_people_count(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = opening.built_trial.trial
    codes = ("X-10", "X-2", "x-2")
    read = {trial.subjects.create(site=trial.sites.all()[0], code=code).pk for code in codes}
    monkeypatch.setattr(unsealing, "subjects_read", lambda campaign: read)
    written = unsealing.table_of(opening.ask(), {"X-2": "active"}).decode()
    assert written.split() == ["SUBJID,ARM", "X-2,active", "x-2,", "X-10,"]


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_any_two_of_the_three_will_do(opening: Opening, pair: tuple[int, int]) -> None:
    asked = opening.ask()
    for number in pair:
        opening.give(asked, number)
    run_due_jobs()
    assert state(asked) == ArmsRequestStatus.OPENED


def test_without_the_charters_permission_or_the_lock_nobody_may_ask(tmp_path: Path) -> None:
    opening = make_opening(tmp_path, permitted=False, code="CLOSED")
    opening.holders.seal(arms_of(opening))
    with pytest.raises(WrongState, match="Charter version 1 does not permit it"):
        opening.ask()
    opening.campaign.status = CampaignStatus.CLOSED
    opening.campaign.charter.terms["arms_may_be_opened"] = True
    assert [text for text in why_not_open(opening.campaign) if "is closed. It must be locked first." in text]


def test_a_wrong_or_foreign_share_says_so_and_is_counted(opening: Opening) -> None:
    first = opening.ask()
    own = json.loads(opening.share(first, 0))
    withdraw_request(asked=first, actor=opening.built_trial.actor("statistician"))
    asked = opening.ask()
    good = json.loads(opening.share(asked, 0))
    wrong = good["shares"] | {"S001": good["shares"]["S000"]}
    for content, says in [
        (b"subject,arm", "It is not an opening share"),
        (json.dumps(own).encode(), "It was made for another request"),
        (json.dumps(good | {"trial": "ANOTHER"}).encode(), "It belongs to another trial"),
        (opening.share(asked, 1), "It was not made with your key"),
        (json.dumps(good | {"shares": wrong}).encode(), "The share of subject S001 is not the one that was sealed"),
        (json.dumps(good | {"shares": {}}).encode(), "Its subjects differ from those in the package"),
    ]:
        with pytest.raises(BadInput, match=says):
            opening.give(asked, 0, content)
    asked.refresh_from_db()
    assert asked.wrong_shares == 6
    assert Event.objects.filter(action="scoring.opening-share.refused").count() == 6
    page = browser(opening.holders.custodians[1]).get(
        reverse("scoring:arms_request", args=[opening.built_trial.trial.code, asked.token])
    )
    assert "Wrong shares refused: 6." in page.content.decode()
    opening.give(asked, 0, json.dumps(good).encode())


def test_one_custodian_cannot_give_two_shares_and_nobody_without_a_key_gives_one(opening: Opening) -> None:
    asked = opening.ask()
    share = opening.share(asked, 0)
    first = opening.give(asked, 0, share)
    assert opening.give(asked, 0, share) == first, "sent twice, it is answered as the first was"
    assert (state(asked), OpeningShare.objects.count()) == (ArmsRequestStatus.WAITING, 1)
    opening.holders.custodians[1].user = opening.built_trial.people["custodian"]
    with pytest.raises(WrongState, match="Version 1 of the arms was not sealed to a key of yours"):
        opening.give(asked, 1, share)


def test_no_package_is_made_for_a_key_whose_fingerprint_is_not_its_own(opening: Opening) -> None:
    asked = opening.ask()
    CustodianKey.objects.update(fingerprint="0000")
    with pytest.raises(WrongState, match="does not have the fingerprint"):
        opening.share(asked, 0)


def test_no_package_is_made_for_a_lock_whose_signatures_cover_another_root(opening: Opening) -> None:
    asked = opening.ask()
    lift()
    Lock.objects.update(root="f" * 64)
    asked.lock.refresh_from_db()
    with pytest.raises(WrongState, match="its two signatures do not cover"):
        opening.share(asked, 0)


def test_a_request_runs_out_and_its_share_is_wiped(opening: Opening) -> None:
    asked = opening.ask()
    share = opening.share(asked, 1)
    opening.give(asked, 0)
    ArmsRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    asked.refresh_from_db()
    with pytest.raises(WrongState, match="has expired, so it accepts no shares"):
        opening.give(asked, 1, share)
    assert state(asked) == ArmsRequestStatus.EXPIRED
    assert OpeningShare.objects.get().content is None
    ArmsRequest.objects.filter(pk=opening.ask().pk).update(expires_at=timezone.now())
    expire_all()
    assert {one.status for one in ArmsRequest.objects.all()} == {ArmsRequestStatus.EXPIRED}


def test_a_value_altered_in_the_table_opens_nothing(opening: Opening) -> None:
    asked = opening.ask()
    opening.give(asked, 0)
    opening.give(asked, 1)
    value = SealedArm.objects.get(subject__code="S000")
    other = SealedArm.objects.get(subject__code="S001")
    lift()
    SealedArm.objects.filter(pk=value.pk).update(sealed=value.sealed | {"values": other.sealed["values"]})
    run_due_jobs()
    assert state(asked) == ArmsRequestStatus.FAILED
    assert not OpeningShare.objects.exclude(content=None).exists()


def test_whoever_receives_the_arms_never_works_blinded_in_the_trial_again(opening: Opening) -> None:
    built_trial, asked = opening.built_trial, opening.ask()
    statistician, coordinator = built_trial.people["statistician"], built_trial.actor("coordinator")
    grant(trial=built_trial.trial, user=statistician, role="checker", reason="helps out", actor=coordinator)
    opening.give(asked, 0)
    opening.give(asked, 1)
    run_due_jobs()
    client, code = Client(), built_trial.trial.code
    client.force_login(statistician, backend=BACKEND)
    assert client.get(reverse("studies:masks", args=[code])).status_code == 200
    receive = reverse("scoring:receive_arms", args=[code, asked.token])
    assert "This cannot be undone" in client.get(receive).content.decode()
    assert client.post(receive, {"password": PASSWORD}).status_code == 400
    answer = client.post(receive, {"password": PASSWORD, "understood": "on"})
    assert answer["Content-Disposition"] == f'attachment; filename="{code}-C1-arms-UNBLINDED.zip"'
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer))).testzip() is None
    for page in ("studies:masks", "reading:campaigns", "studies:desk", "studies:films", "studies:members"):
        assert client.get(reverse(page, args=[code])).status_code == 403
    assert client.get(reverse("scoring:results", args=[code])).status_code == 200
    for role in ("reader", "adjudicator", "coordinator", "lead", "checker"):
        with pytest.raises(WrongState, match=r"(unblinded|Statistician|Quality checker) in this trial"):
            grant(trial=built_trial.trial, user=statistician, role=role, reason="again", actor=coordinator)
    Membership.objects.filter(user=statistician).update(revoked_at=timezone.now())
    with pytest.raises(WrongState, match="unblinded in this trial"):
        grant(trial=built_trial.trial, user=statistician, role="checker", reason="years later", actor=coordinator)


def test_who_ever_read_in_the_trial_never_receives_the_arms(opening: Opening) -> None:
    built_trial, asked = opening.built_trial, opening.ask()
    opening.give(asked, 0)
    opening.give(asked, 1)
    run_due_jobs()
    statistician = built_trial.people["statistician"]
    Membership.objects.create(
        trial=built_trial.trial,
        user=statistician,
        role="reader",
        reason="long ago",
        first_used_at=timezone.now(),
        revoked_at=timezone.now(),
    )
    asked.refresh_from_db()
    with pytest.raises(WrongState, match="who is or was a reader of it"):
        receive_arms(asked=asked, actor=built_trial.actor("statistician"), user=statistician, password=PASSWORD)


def test_the_custodian_hands_in_his_share_on_its_page(opening: Opening) -> None:
    asked, one = opening.ask(), opening.holders.custodians[0]
    client, code = browser(one), opening.built_trial.trial.code
    url = reverse("scoring:arms_request", args=[code, asked.token])
    package = client.get(reverse("scoring:arms_package", args=[code, asked.token])).json()
    key = custodian.load_key(one.key_file, b"a passphrase of the tests")
    share = io.BytesIO(json.dumps(custodian.opening_share(package, key)).encode())
    share.name = "share.json"
    answer = client.post(url, {"opening_share": share, "password": "a long password of the cast"})
    assert answer.status_code == 302, answer.content.decode()
    assert "1 of 2 shares given" in client.get(url).content.decode()
    assert client.get(reverse("scoring:arms_requests", args=[code])).status_code == 200


def test_a_trial_without_arms_has_no_page_about_opening_them(opening: Opening) -> None:
    built_trial = opening.built_trial
    ArmsHolding.objects.all().delete()
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    assert client.get(reverse("scoring:arms_requests", args=[built_trial.trial.code])).status_code == 404
    assert "arms" not in client.get(reverse("scoring:results", args=[built_trial.trial.code])).content.decode().replace(
        "No treatment arm", ""
    )
