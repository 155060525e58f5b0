"""Hidden repeats and concordant controls: what their readers cannot tell apart, and results do not notice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.campaigns.outstanding import Outstanding, outstanding_in
from reading.issuing.assignments import request_batch
from reading.issuing.repeats import drawn_for_repeat, due_repeats
from reading.issuing.replacing import replace_reader
from reading.issuing.suspensions import suspend_reader
from reading.models import Campaign, CampaignStatus, CaseStatus, DisplayedTimepoint, Read, ReadKind, ReadStatus
from scoring.consensus.sealed_result import opened_result
from scoring.datasets.locking import why_not_lock
from scoring.models import CaseResult
from scoring.ratings.repeats import pairs_of, ratings_twice
from scoring.transfers.cuts import Cut, complete_cases
from studies.models import Membership
from tests.reading.builders import BuiltTrial, begun, build_reading_trial, open_campaign_of, read_through
from tests.scoring.agreement_figures import with_figures
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=5, visits=("W00", "W24"))


def ask(built_trial: BuiltTrial, campaign: Campaign, name: str = "one", size: int = 4, reason: str = "") -> None:
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign,
        actor=built_trial.actor("coordinator"),
        name=name,
        due_on=None,
        readers=readers,
        size=size,
        reason=reason,
    )
    run_due_jobs()


def read_first(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """Both readers have signed two of five cases; the charter repeats one of them for each."""
    campaign = open_campaign_of(built_trial, **{"concordant_share": 0.0, "repeats_share": 0.5, **terms})
    ask(built_trial, campaign, size=2)
    sign_all()
    return campaign


def sign_all() -> None:
    for read in Read.objects.filter(status=ReadStatus.ISSUED):
        read_through(read)
    run_due_jobs()


def days_pass(days: int) -> None:
    for read in Read.objects.filter(status=ReadStatus.SIGNED):
        Read.objects.filter(pk=read.pk).update(signed_at=read.signed_at - timedelta(days=days))  # type: ignore[operator]


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def test_the_charters_share_of_each_readers_cases_comes_again_new_in_everything_after_the_wash_out(
    built_trial: BuiltTrial,
) -> None:
    campaign = read_first(built_trial)
    readers = {built_trial.people[name].pk for name in ("reader", "reader.two")}
    assert len(drawn_for_repeat(campaign)) == 2
    days_pass(27)
    assert due_repeats(campaign, readers, timezone.now()) == []
    with pytest.raises(BadInput, match="No case can be released now: 3 cases are held back"):
        ask(built_trial, campaign, "too early")
    days_pass(2)
    page = browser(built_trial, "coordinator").get("/trials/TWO/campaigns/C1/").content.decode()
    assert "2 drawn, 0 issued, 0 signed; 2 due" in page
    ask(built_trial, campaign, "two")
    repeats = Read.objects.filter(kind=ReadKind.REPEAT)
    assert {read.reader_id for read in repeats} == readers
    assert due_repeats(campaign, readers, timezone.now()) == []
    assert_it_looks_like_any_read(built_trial)


def assert_it_looks_like_any_read(built_trial: BuiltTrial) -> None:
    repeat = Read.objects.get(kind=ReadKind.REPEAT, reader=built_trial.people["reader"])
    first = Read.objects.get(case=repeat.case, reader=repeat.reader, kind=ReadKind.PRIMARY)
    old, new = (
        set(DisplayedTimepoint.objects.filter(step__read=read).values_list("token", flat=True))
        for read in (first, repeat)
    )
    assert not old & new
    client = browser(built_trial, "reader")
    page = begun(client, f"/read/{repeat.token}/")
    assert page.context["case"]["label"] == f"Case {repeat.number}"
    assert repeat.number != first.number
    assert not [word for word in ("repeat", "Repeat", "again") if word in client.get("/read/").content.decode()]
    assert "epeat" not in page.content.decode()
    assert client.get(f"/read/{first.token}/").status_code == 404, "the first scores are not there to be copied"


def test_a_repeat_changes_no_result_and_belongs_to_its_reader_alone(built_trial: BuiltTrial) -> None:
    campaign = read_first(built_trial)
    before = list(CaseResult.objects.order_by("pk").values_list("inputs_digest", flat=True))
    days_pass(30)
    ask(built_trial, campaign, "two")
    repeat = Read.objects.filter(kind=ReadKind.REPEAT)[0]
    with pytest.raises(WrongState, match="is a repeat by"):
        replace_reader(
            read=repeat,
            actor=built_trial.actor("coordinator"),
            new_reader=built_trial.people["reader.two"],
            reason="on leave",
        )
    for read in Read.objects.filter(kind=ReadKind.REPEAT):
        read_through(read, lambda timepoint, item: 1)
    run_due_jobs()
    assert list(CaseResult.objects.order_by("pk").values_list("inputs_digest", flat=True)) == before
    assert campaign.cases.filter(status=CaseStatus.CONSENSUS).count() == 2
    assert_statistician_and_lead_see_readers_against_themselves(built_trial, campaign)


def assert_statistician_and_lead_see_readers_against_themselves(built_trial: BuiltTrial, campaign: Campaign) -> None:
    for reader, pairs in pairs_of(campaign.cases.live()).items():
        cube = ratings_twice(campaign, pairs)
        assert cube.values.tolist() == [[[0.0, 32.0], [0.0, 32.0]]], reader
    page = with_figures(browser(built_trial, "statistician"), "/trials/TWO/results/C1/agreement/").content.decode()
    page = re.sub(r">\s+<", "><", page)
    assert "Intra-reader agreement" in page
    assert '<th scope="row">R01</th><td class="number">1</td>' in page
    assert page.count("Too few pairs: an ICC needs 30") == 2
    assert (
        '<th scope="row">reader.two</th>'
        in browser(built_trial, "lead").get("/trials/TWO/results/C1/agreement/").content.decode()
    )


def test_concordant_cases_go_to_the_adjudicator_too_and_his_scores_are_not_used() -> None:
    campaign = read_first(
        build_reading_trial(subjects=2, visits=("W00", "W24")), concordant_share=1.0, repeats_share=0.0
    )
    controls = list(Read.objects.filter(kind=ReadKind.ADJUDICATION))
    assert len(controls) == 2
    before = [opened_result(one) for one in CaseResult.objects.order_by("pk")]
    for control in controls:
        read_through(control, lambda timepoint, item: 5)
    run_due_jobs()
    assert [opened_result(one) for one in CaseResult.objects.order_by("pk")] == before
    assert {case.status for case in campaign.cases.all()} == {CaseStatus.CONSENSUS}
    assert_the_trail_shows_an_auditor_no_control_from_an_adjudication(campaign)


def assert_the_trail_shows_an_auditor_no_control_from_an_adjudication(campaign: Campaign) -> None:
    """Both are computed for each signature once two readers have signed, and no time says more than another."""
    for case in campaign.cases.all():
        events = Event.objects.of_record("reading.case", str(case.pk)).filter(action="scoring.result.computed")
        recorded = [shown(event, "auditor") for event in events]
        assert [(one.changes, one.details, one.rows) for one in recorded] == [({}, {}, [])] * 3


def test_a_batch_is_no_larger_than_the_charter_allows(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, batch_size=1)
    with pytest.raises(BadInput, match="at most 1 case in a batch"):
        ask(built_trial, campaign)
    page = browser(built_trial, "coordinator").get("/trials/TWO/campaigns/C1/assign/")
    assert page.context["form"].initial["size"] == 1


def test_a_campaign_does_not_close_over_a_repeat_that_nobody_has_signed(built_trial: BuiltTrial) -> None:
    campaign = read_first(built_trial)
    days_pass(30)
    ask(built_trial, campaign, "two")
    for read in Read.objects.filter(kind=ReadKind.PRIMARY, status=ReadStatus.ISSUED):
        read_through(read)
    run_due_jobs()
    coordinator = built_trial.actor("coordinator")
    with pytest.raises(WrongState, match="2 reads are not signed"):
        close_campaign(campaign=campaign, actor=coordinator)
    assert "2 reads are not signed." in why_not_lock(campaign)
    for read in Read.objects.filter(kind=ReadKind.REPEAT):
        read_through(read)
    close_campaign(campaign=campaign, actor=coordinator)
    assert campaign.status == CampaignStatus.CLOSED
    assert why_not_lock(campaign) == []


def test_cases_kept_back_are_released_for_a_reason_and_the_repeats_then_lapse_and_are_reported(
    built_trial: BuiltTrial,
) -> None:
    campaign = read_first(built_trial)
    client, address = browser(built_trial, "coordinator"), "/trials/TWO/campaigns/C1/"
    page = client.get(f"{address}assign/").content.decode()
    assert "3 cases are held back" in page
    assert "Reason for releasing cases held back" in page
    ask(built_trial, campaign, "two", reason="the sponsor needs the result in May")
    recorded = Event.objects.filter(action="reading.batch.requested").order_by("pk").last()
    assert recorded is not None
    assert recorded.content["reason"] == "the sponsor needs the result in May"
    assert not Read.objects.filter(kind=ReadKind.REPEAT).exists(), "their wash-out is not over"
    sign_all()
    drawn = len(drawn_for_repeat(campaign))
    assert outstanding_in(campaign) == Outstanding(cases=0, reads=0, lapsed=drawn)
    assert f"{drawn} lapsed." in client.get(address).content.decode()
    assert client.post(f"{address}close/").status_code == 302
    recorded = Event.objects.get(action="reading.campaign.closed")
    assert recorded.content["details"] == {"campaign": "C1", "repeats left out": drawn}


def test_no_repeat_is_left_among_fewer_than_three_unread_cases_when_cases_are_voided_before_issue(
    built_trial: BuiltTrial,
) -> None:
    campaign = read_first(built_trial)
    days_pass(30)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="two", due_on=None, readers=readers, size=3
    )
    case = campaign.cases.filter(status=CaseStatus.OPEN).first()
    assert case is not None
    case.status, case.void_cause = CaseStatus.VOIDED, "wrong-film"
    case.void_reason = "the films are of somebody else"
    case.save()
    record_rows(built_trial.trial.code, [case])
    run_due_jobs()
    assert not Read.objects.filter(kind=ReadKind.REPEAT).exists()
    assert len(due_repeats(campaign, {reader.pk for reader in readers}, timezone.now())) == 2, "they stay due"


def test_the_repeats_of_a_reader_who_has_left_lapse(built_trial: BuiltTrial) -> None:
    campaign = read_first(built_trial)
    assert outstanding_in(campaign).lapsed == 0
    Membership.objects.filter(user=built_trial.people["reader.two"]).update(revoked_at=timezone.now())
    assert outstanding_in(campaign).lapsed == 1


def test_a_campaign_does_not_wait_for_a_repeat_of_a_suspended_reader(built_trial: BuiltTrial) -> None:
    campaign = read_first(built_trial)
    days_pass(30)
    ask(built_trial, campaign, "two")
    for read in Read.objects.filter(kind=ReadKind.PRIMARY, status=ReadStatus.ISSUED)[1:]:
        read_through(read)
    run_due_jobs()
    (waiting,) = Read.objects.filter(kind=ReadKind.PRIMARY, status=ReadStatus.ISSUED)
    repeats = Read.objects.filter(kind=ReadKind.REPEAT, status=ReadStatus.ISSUED)
    (kept,) = repeats.exclude(reader=waiting.reader)
    (dropped,) = repeats.filter(reader=waiting.reader)
    assert outstanding_in(campaign).reads == 3
    assert complete_cases(campaign, "test", Cut()) == cases_without(campaign, waiting, kept, dropped)
    signs = built_trial.signs("coordinator")
    suspend_reader(trial=built_trial.trial, person=waiting.reader, cause="drift", reason="Drift since May", **signs)
    assert outstanding_in(campaign).reads == 2, "the repeat of the other reader and the primary read, which waits"
    assert complete_cases(campaign, "test", Cut()) == cases_without(campaign, waiting, kept)


def cases_without(campaign: Campaign, *reads: Read) -> list[int]:
    """The cases that none of these reads belongs to. Chance decides whether two readers repeat the same case."""
    return list(campaign.cases.exclude(reads__in=reads).order_by("pk").values_list("pk", flat=True))


def test_a_campaign_does_not_close_over_a_control_which_would_reveal_to_its_reader_that_it_was_one() -> None:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
    campaign = read_first(built_trial, concordant_share=1.0, repeats_share=0.0)
    with pytest.raises(WrongState, match="2 reads are not signed"):
        close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
