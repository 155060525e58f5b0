"""One timepoint at a time: nothing that happens to one of them reveals which others are of the same case."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import plan_batch, request_batch, void_and_reissue
from reading.issuing.declining import decline_read
from reading.models import Campaign, CaseStatus, ReadStatus, ReadStep, SignedValues
from reading.room.signing import return_read
from reading.room.worklist import WorklistEntry, signed_entries, waiting_for
from scoring.models import CaseResult
from tests.reading.builders import PASSWORD, BuiltTrial, begun, build_reading_trial, fill_read, open_campaign_of, sign

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    campaign = open_campaign_of(built_trial, presentation="single", concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return campaign


def browser(built_trial: BuiltTrial, who: str = "reader") -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def list_of(built_trial: BuiltTrial, who: str = "reader") -> list[WorklistEntry]:
    return waiting_for(built_trial.people[who].pk)


def step_of(entry: WorklistEntry) -> ReadStep:
    return ReadStep.objects.select_related("read__reader", "read__case").get(pk=entry.step)


def sign_entry(entry: WorklistEntry) -> None:
    step = step_of(entry)
    fill_read(step.read, step=step)
    sign(step.read, step=step)


def siblings(step: ReadStep) -> list[str]:
    """The addresses of the other timepoints of the same read."""
    return [str(token) for token in step.read.steps.exclude(pk=step.pk).values_list("token", flat=True)]


def label_at(client: Client, token: str) -> str:
    answer = begun(client, f"/read/{token}/")
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.context["case"]["label"])


def test_a_timepoint_takes_values_on_the_page_that_begins_it(built_trial: BuiltTrial, campaign: Campaign) -> None:
    for entry in list_of(built_trial):
        page = begun(browser(built_trial), f"/read/{entry.token}/")
        assert page.context["case"]["read_only"] == ""


def test_declining_one_timepoint_leaves_every_other_as_it_was(built_trial: BuiltTrial, campaign: Campaign) -> None:
    client, (first, *others) = browser(built_trial), list_of(built_trial)
    labels = {entry.token: label_at(client, entry.token) for entry in others}
    before = list_of(built_trial)
    sign_entry(others[0])
    signed = signed_entries(built_trial.people["reader"].pk).count()
    answer = client.post(f"/read/{first.token}/decline", {"reason": "I know the patient"})
    assert answer.status_code == 303
    rest = [entry for entry in before if entry.token not in (first.token, others[0].token)]
    assert list_of(built_trial) == rest
    assert signed_entries(built_trial.people["reader"].pk).count() == signed
    assert {entry.token: label_at(client, entry.token) for entry in rest} == {
        entry.token: labels[entry.token] for entry in rest
    }
    assert client.get(f"/read/{first.token}/").status_code == 404
    with pytest.raises(WrongState, match="This timepoint is signed"):
        decline_read(
            read=step_of(others[0]).read,
            step=step_of(others[0]),
            actor=built_trial.actor("reader"),
            reason="I know them",
        )


def test_what_is_scored_beside_a_declined_timepoint_is_kept_and_used_for_nothing(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    gone = step_of(list_of(built_trial)[0])
    decline_read(read=gone.read, step=gone, actor=built_trial.actor("reader"), reason="I know the patient")
    gone.read.refresh_from_db()
    assert gone.read.status == ReadStatus.DECLINED
    for who in ("reader", "reader.two"):
        while entries := list_of(built_trial, who):
            sign_entry(entries[0])
    run_due_jobs()
    gone.read.refresh_from_db()
    assert gone.read.status == ReadStatus.DECLINED
    assert SignedValues.objects.filter(step__read=gone.read).count() == 1
    assert gone.read.case.status == CaseStatus.OPEN
    assert not CaseResult.objects.filter(case=gone.read.case).exists()


def test_a_case_given_back_never_comes_before_the_same_reader_again(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    gone = step_of(list_of(built_trial)[0])
    decline_read(read=gone.read, step=gone, actor=built_trial.actor("reader"), reason="I know the patient")
    assert plan_batch(campaign, [built_trial.people["reader"]], 9) == []


def test_a_second_timepoint_that_is_recognised_is_declined_in_its_turn(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    client, step = browser(built_trial), step_of(list_of(built_trial)[0])
    for token in (step.token, *siblings(step)):
        assert client.post(f"/read/{token}/decline", {"reason": "I know the patient"}).status_code == 303
        assert client.post(f"/read/{token}/decline", {"reason": "I know the patient"}).status_code == 404
    assert len(list_of(built_trial)) == 2


def test_timepoints_of_a_voided_case_do_not_stay(built_trial: BuiltTrial, campaign: Campaign) -> None:
    step = step_of(list_of(built_trial)[0])
    decline_read(read=step.read, step=step, actor=built_trial.actor("reader"), reason="I know the patient")
    void_and_reissue(case=step.read.case, **built_trial.signs("coordinator"), reason="a name on a film")
    client = browser(built_trial)
    assert [client.get(f"/read/{token}/").status_code for token in siblings(step)] == [404]
    assert not {entry.token for entry in list_of(built_trial)} & set(siblings(step))


def test_one_timepoint_is_returned_by_itself(built_trial: BuiltTrial, campaign: Campaign) -> None:
    while entries := list_of(built_trial):
        sign_entry(entries[0])
    step = ReadStep.objects.filter(read__reader=built_trial.people["reader"]).select_related("read__case__campaign")[0]
    with pytest.raises(BadInput, match="Choose the timepoint of this read"):
        return_read(read=step.read, **built_trial.signs("coordinator"), reason="reader-asked", note="")
    page = browser(built_trial, "coordinator")
    address = f"/trials/TWO/campaigns/C1/reads/{step.read.pk}/return/"
    assert f"Timepoint {step.number}" in page.get(address).content.decode()
    given = {"reason": "reader-asked", "note": "", "step": step.pk, "password": PASSWORD}
    assert page.post(address, given).status_code == 302
    assert [(entry.token, entry.status) for entry in list_of(built_trial)] == [(step.token, ReadStatus.RETURNED)]
    assert signed_entries(built_trial.people["reader"].pk).count() == 3


def answers(client: Client, token: str, digest: str) -> list[tuple[int, bytes]]:
    """What a reader can ask of a timepoint that is not started."""
    asked = [
        client.get(f"/read/{token}/review"),
        client.post(f"/read/{token}/values", json.dumps({"ops": []}), JSON, headers={"accept": JSON}),
        client.post(f"/read/{token}/sign", {"password": "x", "meaning": "read", "values_digest": digest}),
    ]
    return [(answer.status_code, answer.content.replace(token.encode(), b"")) for answer in asked]


def test_asking_for_a_timepoint_not_begun_does_not_reveal_whether_another_of_its_case_was(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    client, entry = browser(built_trial), list_of(built_trial)[0]
    (sibling,) = siblings(step_of(entry))
    before = [status for status, _ in answers(client, sibling, "0" * 64)]
    sign_entry(entry)
    digest = SignedValues.objects.get().digest
    assert [status for status, _ in answers(client, sibling, digest)] == before
    assert "This read is not started." in client.get(f"/read/{sibling}/review").content.decode()
