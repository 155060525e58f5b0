"""Queries to readers in the course of a campaign: a second batch, a withdrawal of consent, refusals on the pages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.consent import correct_consent, withdraw_consent
from reading.issuing.queries import release_queries, said_of
from reading.issuing.suspensions import suspend_reader
from reading.models import Campaign, Case, CaseStatus, QueryBatch, Read, ReadQuery, ReadStatus
from reading.room.queries import confirm_items, queried_items
from scoring.checks.queries import mark_items, prepare_batch
from scoring.consensus.case_result import compute
from scoring.ratings.signed_state import signed_state
from studies.models import ConsentWithdrawal, Subject
from tests.protection import lifted
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial
from tests.scoring.queried import (
    CHECKS,
    FOUND,
    QUERIES,
    asked,
    browser,
    campaign_with_a_slip,
    mark,
    prepare,
    read_with_slip,
    release,
    results,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return campaign_with_a_slip(built_trial)


def second_batch(built_trial: BuiltTrial) -> QueryBatch:
    """A batch after the first was released; the reads of the first are in none any more."""
    prepare(built_trial)
    release(built_trial)
    with lifted():
        ReadQuery.objects.all().delete()
    return prepare(built_trial)


def test_only_the_batch_that_the_page_showed_is_released(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """The page of batch 1 is sent again when batch 2 waits."""
    second = second_batch(built_trial)
    client = browser(built_trial, "coordinator")
    assert f'name="number" value="{second.number}"' in client.get(QUERIES).content.decode()
    again = client.post(QUERIES, {"number": 1, "password": PASSWORD})
    assert again.status_code == 302, "this person released it before"
    assert QueryBatch.objects.get(number=2).released_at is None
    for number in ("", "3", "x", "9" * 30):
        refused = client.post(QUERIES, {"number": number, "password": PASSWORD})
        assert refused.status_code == 400
        assert "No such batch of queries has been prepared" in refused.content.decode()
        assert 'name="number" value="2"' in refused.content.decode()
    release(built_trial)
    assert "No such batch" in client.post(QUERIES, {"number": 3, "password": PASSWORD}).content.decode()


def test_queries_are_released_only_in_an_open_campaign(built_trial: BuiltTrial, campaign: Campaign) -> None:
    prepare(built_trial)
    Campaign.objects.update(status="closed")
    with pytest.raises(WrongState, match="Queries can be released only while it is open"):
        release_queries(campaign=campaign, number=1, **built_trial.signs("coordinator"))


def withdraw(built_trial: BuiltTrial, subject: Subject) -> ConsentWithdrawal:
    about: dict[str, Any] = {"withdrawn_on": date(2026, 1, 31), "statement": "Everything", "instruction": ""}
    return withdraw_consent(subject=subject, **about, **built_trial.signs("coordinator"))


def test_a_case_that_stops_before_its_batch_has_its_result(built_trial: BuiltTrial, campaign: Campaign) -> None:
    withdraw(built_trial, built_trial.subjects[0])
    run_due_jobs()
    stopped = Case.objects.get(consent_withdrawn=True)
    assert results() == {f"{stopped.number} {CaseStatus.CONSENSUS}"}
    with pytest.raises(WrongState, match=r"1 case has no result\. 1 case waits for a batch of queries to readers\."):
        close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))


def test_a_case_that_stops_again_has_its_result(built_trial: BuiltTrial, campaign: Campaign) -> None:
    subject = built_trial.subjects[0]
    held = withdraw(built_trial, subject)  # its job has not run
    correct_consent(withdrawal=held, reason="Another subject was meant", **built_trial.signs("coordinator"))
    run_due_jobs()
    assert results() == set(), "the case is read again and waits for its batch"
    withdraw(built_trial, subject)
    run_due_jobs()
    assert len(results()) == 1


def test_a_batch_that_is_released_while_a_result_is_computed_is_seen_whole_or_not_at_all(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """The release comes between the two questions, about the batches and about the reads."""
    mark(built_trial, FOUND)
    prepare(built_trial)
    read = read_with_slip(built_trial)
    case = Case.objects.select_related("campaign__charter", "campaign__trial").get(pk=read.case_id)
    asked_for: list[str] = []

    def between(execute: Any, sql: str, *rest: Any) -> Any:
        if "reading_read" in sql:
            asked_for.append(sql)
            if len(asked_for) == 2:
                release_queries(campaign=campaign, number=1, **built_trial.signs("coordinator"))
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        assert compute(case) is None
    read.refresh_from_db()
    assert read.status == ReadStatus.RETURNED


def test_a_refusal_to_keep_scores_is_shown_on_the_review(built_trial: BuiltTrial, campaign: Campaign) -> None:
    read, client = asked(built_trial), browser(built_trial, "reader")
    refused = client.post(f"/read/{read.token}/confirm", {f"keep-{FOUND}": "because"})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert page.index("The reason for keeping a score cannot be “because”") < page.index("Please check 2 joints")
    with lifted():
        ReadQuery.objects.filter(read=read).update(items=[])
    refused = client.post(f"/read/{read.token}/confirm", {f"keep-{FOUND}": "looked-again"})
    assert refused.status_code == 400
    assert f"The cell “{FOUND}” is not among those to check" in refused.content.decode()


def test_marking_and_keeping_scores_change_no_rating_and_no_finding(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    before = signed_state(campaign)
    mark(built_trial, FOUND)
    assert signed_state(campaign) == before
    prepare(built_trial)
    release(built_trial)
    before, read = signed_state(campaign), read_with_slip(built_trial)
    confirm_items(read=read, actor=built_trial.actor("reader"), reasons={FOUND: "looked-again"})
    assert signed_state(campaign) == before


def test_the_selection_of_the_lead_is_kept_when_it_is_refused(built_trial: BuiltTrial, campaign: Campaign) -> None:
    read, client = read_with_slip(built_trial), browser(built_trial, "lead")
    refused = client.post(f"{CHECKS}{read.token}/", {"items": [FOUND, "ER-PIP2"]})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "No check of this read found “ER-PIP2”" in page
    assert re.search(rf'value="{FOUND}"\s+checked', page)
    prepare(built_trial)
    refused = client.post(f"{CHECKS}{read.token}/", {"items": [FOUND]})
    assert refused.status_code == 409
    assert "This read can no longer be asked about" in refused.content.decode()


def test_the_home_page_says_which_queries_are_to_be_prepared_and_released(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    lead, coordinator = browser(built_trial, "lead"), browser(built_trial, "coordinator")
    reads, batches = "Reads for the next queries", "Queries to release"

    def shown() -> list[bool]:
        homes = [client.get("/").content.decode() for client in (lead, coordinator)]
        return [reads in homes[0], batches in homes[1]]

    assert shown() == [True, False]
    mark_items(read=read_with_slip(built_trial), actor=built_trial.actor("lead"), items=[FOUND])
    prepare_batch(campaign=campaign, actor=built_trial.actor("lead"))
    assert shown() == [False, True]
    release(built_trial)
    assert shown() == [False, False]
    assert Read.objects.filter(status=ReadStatus.RETURNED).count() == 1


def test_the_reader_gets_one_mail_that_names_no_case_and_no_joint(built_trial: BuiltTrial, campaign: Campaign) -> None:
    mail.outbox.clear()
    read = asked(built_trial)
    (sent,) = [one for one in mail.outbox if "please check" in one.subject]
    assert (sent.to, sent.subject) == ([read.reader.email], "TWO: please check 1 signed case")
    named = [word for one in queried_items(read) for word in (one.key, one.label) if word in str(sent.body)]
    assert named == []
    assert not re.search(rf"case {read.case.number}\b|{read.token}", str(sent.body))


def test_a_suspended_reader_gets_no_mail_about_a_query(built_trial: BuiltTrial, campaign: Campaign) -> None:
    mark(built_trial, FOUND)
    prepare(built_trial)
    reader = built_trial.people["reader"]
    given: dict[str, Any] = {"person": reader, "cause": "other", "reason": "Away."}
    suspend_reader(trial=built_trial.trial, **built_trial.signs("coordinator"), **given)
    mail.outbox.clear()
    release(built_trial)
    assert [one.subject for one in mail.outbox if "please check" in one.subject] == []


def test_the_signature_of_a_release_covers_the_joints_that_were_sent(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    read = asked(built_trial)
    batch = QueryBatch.objects.select_related("campaign__trial", "signature").get()
    sent = batch.queries.filter(sent_at__isnull=False).select_related("read")
    assert batch.signature is not None
    assert batch.signature.digest == said_of(batch, sent)
    with lifted():
        ReadQuery.objects.filter(read=read).update(items=[FOUND])
    assert batch.signature.digest != said_of(batch, sent.all())


def test_the_address_of_a_refused_answer_opens_the_review_again(built_trial: BuiltTrial, campaign: Campaign) -> None:
    read, client = asked(built_trial), browser(built_trial, "reader")
    address = f"/read/{read.token}/confirm"
    assert client.post(address, {f"keep-{FOUND}": "because"}).status_code == 400
    again = client.get(address)
    assert (again.status_code, again["Location"]) == (302, f"/read/{read.token}/review")
