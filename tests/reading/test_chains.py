"""The audit chain of a read: who cuts, removes, lengthens or invents one in the tables is found by the trial's.

No anchor is written in these tests, and the forger has the audit key: only what the trial's chain tells is left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.sign_in import BACKEND
from audit.chain import NoSuchChain, event_hash
from audit.mac import mac_of
from audit.models import Event, Head
from audit.streams import ChainState, part_of
from audit.trail import NotAudited, audited_atomic, hold, record
from audit.verify import verify
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.image_problems import report_problem
from reading.capture_chains import chain_of
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.issuing.declining import decline_read
from reading.models import Campaign, CampaignStatus, Read
from reading.room.cells import timepoints_of
from reading.room.sessions import open_read
from reading.room.signing import return_read
from tests.protection import lifted
from tests.reading.builders import (
    BuiltTrial,
    build_reading_trial,
    fill_read,
    open_campaign_of,
    operation_on,
    read_through,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def read(built_trial: BuiltTrial) -> Read:
    """The first reader's read of the one case, opened, with a value."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=built_trial.people["reader"])
    open_read(read=read, actor=built_trial.actor("reader"))
    operation_on(read, timepoints_of(read.steps.get())[0], 1)
    read.refresh_from_db()
    return read


def found() -> list[tuple[str, str]]:
    return [(finding.fault, finding.row) for finding in verify().findings if finding.table == "audit_head"]


def last_recorded(read: Read) -> list[object]:
    """What the trial's chain says last of the read's chain: whether it goes on, and its position."""
    events = Event.objects.filter(stream=read.case.campaign.trial.code).order_by("seq")
    recorded = [part for event in events for part in event.content.get("chains", ()) if part[0] == chain_of(read)]
    last: list[object] = recorded[-1][1:3]
    return last


def cut(read: Read, keep: int) -> None:
    """The last events of the read's chain are gone, its head fits, and so do the rows."""
    with lifted():
        Event.objects.filter(stream=chain_of(read), seq__gt=keep).delete()
        end = Event.objects.filter(stream=chain_of(read)).order_by("-seq").first()
        Head.objects.filter(pk=chain_of(read)).update(seq=keep, hash=end.hash if end else "0" * 64)


def lengthen(stream: str, like: Event) -> None:
    """An event appended to the chain with the audit key."""
    head = Head.objects.filter(pk=stream).first() or Head(stream=stream, seq=0, hash="0" * 64)
    own = event_hash(stream, head.seq + 1, head.hash, like.body)
    like.pk, like.stream, like.seq, like.prev, like.hash, like.mac = None, stream, head.seq + 1, head.hash, own, ""
    like.mac = mac_of(own, like.mac_key)
    like.save(force_insert=True)
    Head(stream=stream, seq=like.seq, hash=own).save()


def test_what_a_reader_does_is_in_the_chain_of_the_read_and_the_trials_chain_records_its_head(read: Read) -> None:
    events = Event.objects.filter(stream=chain_of(read)).order_by("seq")
    assert [event.action for event in events] == ["reading.read.opened", "reading.scores.saved"]
    assert {event.home for event in events} == {"TWO"}
    assert last_recorded(read) == [ChainState.BEGUN, 0]
    read_through(read)
    assert last_recorded(read) == [ChainState.ENDED, Head.objects.get(pk=chain_of(read)).seq]
    assert verify().intact


def test_the_batch_is_issued_with_one_event_that_begins_every_chain(read: Read) -> None:
    (issued,) = Event.objects.filter(action="reading.batch.issued")
    assert {part[0] for part in issued.content["chains"]} == {chain_of(one) for one in Read.objects.all()}


def test_a_chain_that_was_cut_after_its_signature_is_found(read: Read) -> None:
    read_through(read)
    cut(read, 1)
    assert ("tail cut", chain_of(read)) in found()


def test_a_chain_that_is_gone_is_found(read: Read) -> None:
    with lifted():
        Event.objects.filter(stream=chain_of(read)).delete()
        Head.objects.filter(pk=chain_of(read)).delete()
    assert found() == [("missing chain", chain_of(read))]


def test_a_chain_that_was_recorded_to_end_and_goes_on_is_found(read: Read) -> None:
    read_through(read)
    lengthen(chain_of(read), Event.objects.filter(action="reading.read.opened").latest("pk"))
    assert ("grown", chain_of(read)) in found()


def test_a_chain_that_grew_between_its_end_and_its_return_is_found(built_trial: BuiltTrial, read: Read) -> None:
    read_through(read)
    lengthen(chain_of(read), Event.objects.filter(action="reading.read.opened").latest("pk"))
    return_read(read=read, reason="other", note="", **built_trial.signs("coordinator"))
    assert ("grown", chain_of(read)) in found()


def test_a_chain_that_nothing_records_is_found(read: Read) -> None:
    lengthen("TWO/read-999", Event.objects.filter(action="reading.read.opened").latest("pk"))
    assert ("unknown chain", "TWO/read-999") in found()


def test_a_chain_begun_anew_with_another_genesis_is_found(read: Read) -> None:
    first = Event.objects.filter(stream=chain_of(read)).earliest("seq")
    cut(read, 0)
    lengthen(chain_of(read), first)
    assert "broken link" in [finding.fault for finding in verify().findings]


def the_read_is_void(built_trial: BuiltTrial, read: Read) -> None:
    void_and_reissue(case=read.case, reason="Wrong film", **built_trial.signs("coordinator"))


def the_read_is_declined(built_trial: BuiltTrial, read: Read) -> None:
    decline_read(read=read, actor=built_trial.actor("reader"), reason="I know the patient")


@pytest.mark.parametrize("end", [the_read_is_void, the_read_is_declined])
def test_the_trial_records_the_end_of_a_read_that_takes_no_more_entries(
    built_trial: BuiltTrial, read: Read, end: Callable[[BuiltTrial, Read], None]
) -> None:
    end(built_trial, read)
    assert last_recorded(read) == [ChainState.ENDED, 2]
    assert verify().intact


def test_a_returned_read_goes_on_from_where_it_ended(built_trial: BuiltTrial, read: Read) -> None:
    read_through(read)
    ended_at = last_recorded(read)[1]
    return_read(read=read, reason="other", note="", **built_trial.signs("coordinator"))
    assert last_recorded(read) == [ChainState.OPEN, ended_at]
    read.refresh_from_db()
    operation_on(read, timepoints_of(read.steps.get())[0], 3)
    assert Head.objects.get(pk=chain_of(read)).seq == int(str(ended_at)) + 1
    assert verify().intact


def test_a_closed_campaign_takes_no_entry_that_was_on_its_way(read: Read) -> None:
    fill_read(read)
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    with pytest.raises(WrongState, match="The campaign of this read is closed"):
        operation_on(read, timepoints_of(read.steps.get())[0], 2)


def test_a_problem_with_a_film_of_a_signed_read_is_recorded_in_the_trials_chain(
    built_trial: BuiltTrial, read: Read
) -> None:
    report_problem(read=read, actor=built_trial.actor("reader"), film_token="", reason="other", note="")
    read_through(read)
    report_problem(read=read, actor=built_trial.actor("reader"), film_token="", reason="other", note="")
    recorded = Event.objects.filter(action="reading.image-problem.reported").order_by("pk")
    assert [event.part for event in recorded] == [f"read-{read.pk}", ""]
    assert verify().intact


def test_a_chain_whose_head_is_missing_is_not_silently_begun_again(read: Read) -> None:
    Head.objects.filter(pk=chain_of(read)).delete()
    with pytest.raises(NoSuchChain, match=f"{chain_of(read)} has no head"):
        operation_on(read, timepoints_of(read.steps.get())[0], 3)


def test_chains_are_held_in_a_transaction_only(read: Read) -> None:
    with pytest.raises(NotAudited):
        hold([chain_of(read)])
    with audited_atomic():
        hold([chain_of(read)])


def test_the_trail_page_and_the_export_put_the_chains_of_a_trial_in_one_order(
    built_trial: BuiltTrial, read: Read
) -> None:
    client = Client()
    client.force_login(built_trial.people["auditor"], backend=BACKEND)
    text = client.get("/trials/TWO/audit/?sort=at").content.decode()
    places = [text.index(sentence) for sentence in ("issued batch", "opened read", "saved scores in read")]
    assert places == sorted(places)
    assert f"/trials/TWO/audit/trial/read-{read.pk}/2/" in text
    assert client.get(f"/trials/TWO/audit/trial/read-{read.pk}/2/").status_code == 200
    assert "Scores saved" not in "".join(
        re.findall("<td.*", client.get("/trials/TWO/audit/?chain=read-9").content.decode())
    )


def test_an_auditor_without_the_audit_key_verifies_the_links_of_an_export(
    built_trial: BuiltTrial, read: Read, settings: Any
) -> None:
    client = Client()
    client.force_login(built_trial.people["auditor"], backend=BACKEND)
    export = json.loads(b"".join(client.get("/trials/TWO/audit/trial/export.json")))
    settings.AUDIT_MAC_KEYS = {}
    ends: dict[str, str] = {}
    for event in export:
        assert event["prev"] == ends.get(event["stream"], event["prev"])
        ends[event["stream"]] = event["hash"]
    assert ends == dict(Head.objects.filter(seq__gt=0).exclude(pk="system").values_list("stream", "hash"))


def test_the_trail_page_asks_as_often_for_twenty_chains_as_for_one(built_trial: BuiltTrial, read: Read) -> None:
    client = Client()
    client.force_login(built_trial.people["auditor"], backend=BACKEND)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/trials/TWO/audit/")
        return len(found)

    queries()
    few = queries()
    for number in range(20):
        with audited_atomic():
            stream = part_of("TWO", f"read-{900 + number}")
            recorded: dict[str, Any] = {
                "actor": built_trial.actor("reader"),
                "action": "reading.read.taken-over",
                "subject": ("reading.read", "9"),
            }
            record(stream="TWO", chains={stream: ChainState.BEGUN}, **recorded)
            record(stream=stream, **recorded)
    assert queries() == few
