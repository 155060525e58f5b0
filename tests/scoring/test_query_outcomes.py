"""The outcome of queries: closed until the campaign is, then who kept or changed what, found by a check or drawn."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from scipy.stats import binomtest

from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.models import Campaign, CaseStatus, QueryMark, Read, ReadQuery, SignedValues, VoidCause
from reading.room.cells import timepoints_of
from reading.room.signing import return_read
from scoring.checks.query_outcomes import AT_RANDOM, CHANGED, counted_outcomes, look_up
from scoring.consensus.signed_series import AlteredValues, visits_of
from scoring.reader_codes import reader_codes
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, operation_on, sign
from tests.scoring.queried import (
    CHECKS,
    FOUND,
    asked,
    browser,
    campaign_with_a_slip,
    keep_all,
    prepare,
    release,
    sham_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/queries/"
RESULTS = "/trials/TWO/results/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def answered(built_trial: BuiltTrial) -> Read:
    """The reader corrects the joint that a check found, and keeps the scores of the one that was drawn."""
    campaign_with_a_slip(built_trial)
    read = asked(built_trial)
    keep_all(browser(built_trial, "reader"), read, "hard-to-see")
    high = next(one for one in timepoints_of(read.steps.get()) if one.letter == "A")
    operation_on(read, high, 1, FOUND)
    sign(read)
    run_due_jobs()
    return read


def close(built_trial: BuiltTrial) -> None:
    close_campaign(campaign=Campaign.objects.get(), actor=built_trial.actor("coordinator"))


def lines(client: Client, search: str) -> list[dict[str, str]]:
    text = b"".join(client.get(f"{PAGE}?{search}format=csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_lead_and_statistician_see_what_was_kept_and_changed_once_the_campaign_is_closed(
    built_trial: BuiltTrial,
) -> None:
    read = answered(built_trial)
    lead, statistician = browser(built_trial, "lead"), browser(built_trial, "statistician")
    for client in (lead, statistician):
        for search in ("", "?format=csv", "?joints-format=csv"):
            page = client.get(PAGE + search).content.decode()
            assert "The outcome of the queries is shown once the campaign is closed." in page
            assert "PIP 2" not in page
        assert PAGE not in client.get(RESULTS).content.decode()
    assert PAGE not in lead.get(CHECKS).content.decode()
    close(built_trial)
    found, drawn = sorted(lines(lead, "joints-"), key=lambda row: row["Asked because"] == "Drawn at random")
    assert (found["Joint"], found["Asked because"]) == ("Left PIP 2, erosion", "Difference of 3 or more grades")
    assert (found["Answer"], drawn["Answer"], drawn["Asked because"]) == ("Changed", "Kept", "Drawn at random")
    assert drawn["Reason for keeping"].startswith("The films show the joint poorly")
    code = reader_codes(Campaign.objects.get())[read.reader_id]
    assert (found["Reader"], lines(statistician, "joints-")[0]["Reader"]) == ("reader", code)
    film = f"{CHECKS}{read.token}/"
    assert [film in client.get(PAGE).content.decode() for client in (lead, statistician)] == [True, False]
    assert all(PAGE in client.get(RESULTS).content.decode() for client in (lead, statistician))
    assert PAGE in lead.get(CHECKS).content.decode()
    rows = lines(lead, "")
    assert [(row["Reader"], row["Asked because"], row["Kept"], row["Changed"]) for row in rows[:3]] == [
        ("All readers", "Found by a check", "0", "1"),
        ("All readers", "Difference of 3 or more grades", "0", "1"),
        ("All readers", "Drawn at random", "1", "0"),
    ]
    assert [row["Reader"] for row in rows[3:]] == ["reader"] * 3
    exact = binomtest(0, 1).proportion_ci(0.95, "exact")
    shares = [rows[2][name] for name in ("Share changed", "95 % from", "95 % to")]
    assert shares == ["0.0 %", f"{100 * exact.low:.1f} %", f"{100 * exact.high:.1f} %"]


def test_the_outcome_is_that_of_the_answer_in_true_order_whatever_is_corrected_later(built_trial: BuiltTrial) -> None:
    """The reader saw 4 at the timepoint with the letter A, whichever visit that is, and changed it to 1."""
    read = answered(built_trial)
    campaign, visits = Campaign.objects.get(), visits_of(read)
    before = list(look_up(campaign))
    (one,) = (one for one in before if not one.drawn)
    order = sorted(visits, key=visits.__getitem__)
    at = order.index(next(shown.token for shown in timepoints_of(read.steps.get()) if shown.letter == "A"))
    assert (one.answer, one.before[at], one.after[at]) == (CHANGED, "4", "1")
    assert (one.before[1 - at], one.after[1 - at]) == ("0", "0")
    read.refresh_from_db()
    return_read(read=read, **built_trial.signs("coordinator"), reason="reader-asked", note="")
    read.refresh_from_db()
    operation_on(read, timepoints_of(read.steps.get())[0], 2, sham_of(read))
    sign(read)
    assert list(look_up(campaign)) == before
    with lifted():
        SignedValues.objects.update(digest="0" * 64)
    with pytest.raises(AlteredValues, match="differ from what was signed"):
        list(look_up(campaign))


def test_an_open_query_is_counted_as_unanswered_and_many_take_as_many_queries_as_one(built_trial: BuiltTrial) -> None:
    campaign = campaign_with_a_slip(built_trial)
    read = asked(built_trial)
    with CaptureQueriesContext(connection) as for_one:
        found = list(look_up(campaign))
    counts = {one.kind: one for one in counted_outcomes(found, readers=[])}
    assert (counts[AT_RANDOM].asked, counts[AT_RANDOM].unanswered) == (1, 1)
    assert counts[AT_RANDOM].share_changed.value is None
    assert {(one.after, one.signed) for one in found} == {((), False)}
    other, sent = Read.objects.exclude(pk=read.pk).get(), ReadQuery.objects.get(read=read)
    with lifted():
        ReadQuery.objects.filter(read=other).update(items=sent.items, sent_at=sent.sent_at)
        QueryMark.objects.create(read=other, items=[FOUND])
    with CaptureQueriesContext(connection) as for_two:
        assert len(list(look_up(campaign))) == 4
    assert len(for_two) == len(for_one)
    with lifted():
        campaign.cases.update(status=CaseStatus.VOIDED, void_reason="wrong film", void_cause=VoidCause.values[0])
    assert list(look_up(campaign)) == []


def test_a_campaign_that_asked_nothing_says_so_and_only_people_who_see_agreement_open_the_page(
    built_trial: BuiltTrial,
) -> None:
    campaign_with_a_slip(built_trial)
    prepare(built_trial)
    release(built_trial)
    close(built_trial)
    lead = browser(built_trial, "lead")
    assert b"No reader of this campaign was sent a query." in lead.get(PAGE).content
    for who in ("coordinator", "reader", "sponsor", "auditor"):
        assert browser(built_trial, who).get(PAGE).status_code == 403


def test_a_campaign_whose_charter_sends_no_queries_says_so(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial, reader_queries=False)
    close(built_trial)
    page = browser(built_trial, "lead").get(PAGE).content.decode()
    assert "The charter of this campaign sends readers no queries." in page
