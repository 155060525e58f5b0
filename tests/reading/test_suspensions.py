"""A suspended reader is issued nothing and opens nothing; signed reads stand, and unsigned ones are handed on."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Signature
from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from audit.verify_trial import verify_trial
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.reminders import remind_readers
from reading.issuing.assignments import request_batch
from reading.issuing.replacing import replace_reader
from reading.issuing.suspensions import lift_suspension, suspend_reader
from reading.models import Campaign, Read, ReaderSuspension, ReadStatus
from reading.room.access import Piece
from reading.room.blinded import next_case
from reading.room.worklist import waiting_for
from tests.reading.builders import (
    PASSWORD,
    BuiltTrial,
    build_reading_trial,
    fill_read,
    open_campaign_of,
    read_through,
    sign,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/trials/TWO/suspensions/"
SAYS = (
    "Your reading in trial TWO is suspended. Nothing that you entered is lost."
    " Ask the coordinator of the trial how to proceed."
)


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def issue(built: BuiltTrial, campaign: Campaign, *names: str) -> None:
    readers, coordinator = [built.people[name] for name in names], built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)


def suspend(built: BuiltTrial, name: str = "reader", reason: str = "Drift since May") -> ReaderSuspension:
    person, signs = built.people[name], built.signs("coordinator")
    return suspend_reader(trial=built.trial, person=person, cause="drift", reason=reason, **signs)


def client_of(built: BuiltTrial, name: str) -> Client:
    client = Client()
    client.force_login(built.people[name], backend=BACKEND)
    return client


def test_what_was_requested_before_and_what_is_requested_now_goes_to_others(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    issue(built, campaign, "reader", "reader.two")
    held = suspend(built)
    run_due_jobs()
    assert set(Read.objects.values_list("reader__name", flat=True)) == {"reader.two"}
    with pytest.raises(BadInput, match="reader is suspended in trial TWO"):
        issue(built, campaign, "reader")
    with pytest.raises(BadInput, match="reader is suspended in trial TWO"):
        replace_reader(
            read=Read.objects.select_related("case__campaign__trial", "case__campaign__charter")[0],
            new_reader=built.people["reader"],
            reason="on leave",
            actor=built.actor("coordinator"),
        )
    page = client_of(built, "coordinator").get("/trials/TWO/campaigns/C1/assign/").content.decode()
    assert "Suspended and not offered: reader." in page
    lift_suspension(suspension=held, reason="Trained again", **built.signs("coordinator"))
    issue(built, campaign, "reader")
    run_due_jobs()
    assert Read.objects.filter(reader=built.people["reader"]).exists()


def test_the_reader_opens_and_saves_nothing_and_finds_everything_again(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    issue(built, campaign, "reader", "reader.two")
    run_due_jobs()
    signed, begun = Read.objects.filter(reader=built.people["reader"]).select_related("case__campaign", "reader")
    read_through(signed)
    fill_read(begun)
    client, address = client_of(built, "reader"), f"/read/{begun.token}/"
    assert client.get(address).status_code == 200
    held = suspend(built)
    for answer in (client.get(address), client.post(f"{address}sign"), client.get(f"/read/{signed.token}/")):
        assert (answer.status_code, SAYS in answer.content.decode()) == (409, True)
    refused = client.post(f"{address}values", {"ops": []}, "application/json", headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (409, SAYS)
    page = client.get("/read/").content.decode()
    assert address in page
    assert SAYS in page
    assert "Continue reading" not in page
    assert next_case(Piece(signed, signed.steps.all()[0], built.actor("reader"))) is None
    assert waiting_for(built.people["reader"].pk) == []
    with pytest.raises(WrongState, match="is suspended"):
        sign(begun)
    signed.refresh_from_db()
    assert signed.status == ReadStatus.SIGNED
    assert remind_readers(campaign=campaign, actor=built.actor("coordinator")) == 0
    lift_suspension(suspension=held, reason="Trained again", **built.signs("coordinator"))
    assert client.get(address).status_code == 200
    assert verify_trial("TWO", {}).intact
    assert mail.outbox == []


def test_the_coordinator_suspends_and_lifts_signed_once_with_the_unsigned_reads_named(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    issue(built, campaign, "reader", "reader.two")
    run_due_jobs()
    client, reader = client_of(built, "coordinator"), built.people["reader"]
    assert "No reader of this trial is or was suspended." in client.get(ADDRESS).content.decode()
    given = {"person": reader.pk, "cause": "drift", "reason": "Drift since May", "password": PASSWORD}
    assert client.post(ADDRESS, {**given, "password": "another"}).status_code == 400
    before = Signature.objects.count()
    for _ in range(2):
        page = client.post(ADDRESS, given, follow=True).content.decode()
        assert "reader is suspended." in page
    assert (Signature.objects.count(), ReaderSuspension.objects.count()) == (before + 1, 1)
    assert 'href="/trials/TWO/campaigns/C1/reads/?q=reader">C1: 2</a>' in page
    csv = b"".join(client.get(f"{ADDRESS}?format=csv")).decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("reader,Drift,Drift since May,")
    assert "already suspended in trial TWO" in client.post(ADDRESS, {**given, "reason": "Other"}).content.decode()
    held = ReaderSuspension.objects.get()
    change = {"reason": "Trained again", "password": PASSWORD}
    for _ in range(2):
        page = client.post(f"{ADDRESS}{held.pk}/lift/", change, follow=True).content.decode()
        assert "The suspension of reader is lifted." in page
    late = client.post(f"{ADDRESS}{held.pk}/lift/", {**change, "reason": "Other"}).content.decode()
    assert "The suspension of reader has already been lifted." in late
    assert suspend(built).pk != held.pk


def test_only_readers_and_adjudicators_are_suspended(built: BuiltTrial) -> None:
    with pytest.raises(BadInput, match="is neither"):
        suspend(built, "lead")
    with pytest.raises(BadInput, match="A reason is needed"):
        suspend(built, reason=" ")
    held = suspend(built, "adjudicator")
    with pytest.raises(WrongState, match="is already suspended"):
        suspend(built, "adjudicator", reason="Other")
    assert held.person == built.people["adjudicator"]


def test_only_coordinators_the_lead_and_auditors_learn_why_a_reader_was_suspended(built: BuiltTrial) -> None:
    lift_suspension(suspension=suspend(built), reason="Trained again", **built.signs("coordinator"))
    for event in Event.objects.filter(action__in=["reading.reader.suspended", "reading.reader.resumed"]):
        for role in ("coordinator", "lead", "auditor"):
            assert "(drift)" in shown(event, role).says
        told = shown(event, "sponsor")
        assert "drift" not in f"{told.says} {told.details} {told.reason}".lower()
        assert "Trained" not in told.reason
