"""The trial by site and month: counts that agree with other pages, no adjudication by site, a rate from 50 cases on."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Signature
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, Case, Read, ReadKind, ReadStatus
from scoring.adjudication_rates import adjudication_rates, rates_of
from scoring.datasets.building import record_download
from scoring.models import (
    CaseResult,
    Dataset,
    DatasetStatus,
    DataTransfer,
    Lock,
    Purpose,
    TransferReceipt,
    TransferStatus,
)
from scoring.site_months import site_months
from studies.models import Film, Trial, Visit
from studies.plan.progress import standing
from studies.plan.tally import States
from studies.questions.threads import ask
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.monitoring.signed_cases import add_signed

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/sites-by-month/"


def browser(built_trial: BuiltTrial, who: str = "sponsor") -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def lines(built_trial: BuiltTrial, table: str = "") -> list[dict[str, str]]:
    text = b"".join(browser(built_trial).get(f"{PAGE}?{table}format=csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def issued(built_trial: BuiltTrial) -> Campaign:
    """A campaign whose reads are issued to both readers."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return campaign


def test_films_deviations_questions_and_primary_reads_are_counted_by_site_and_month() -> None:
    """Subjects 0 and 2 are of site 01; the windows of W00 end in January 2025, those of W24 in July."""
    built_trial = build_reading_trial(subjects=3, visits=("W00", "W24"))
    ask(
        trial=built_trial.trial,
        text="Which side is it?",
        actor=built_trial.actor("coordinator"),
        subject=built_trial.subjects[0],
    )
    issued(built_trial)
    Read.objects.update(status=ReadStatus.SIGNED, signed_at=timezone.now())
    late = Film.objects.filter(subject=built_trial.subjects[1], visit__code="W24")
    late.update(film_date=date(2025, 9, 1))
    Visit.objects.create(subject=built_trial.subjects[1], code="U1", kind="unscheduled")
    rows = {(row["Month"], row["Site"]): row for row in lines(built_trial)}
    now = f"{timezone.localdate():%Y-%m}"
    first = rows[now, "01"]
    assert (first["Films received"], first["Films accepted"], first["Reads signed"]) == ("16", "16", "4")
    assert (first["Questions asked"], first["Still open"], first["Oldest open, days"]) == ("1", "1", "0")
    assert (rows[now, "02"]["Films received"], rows[now, "02"]["Reads signed"]) == ("8", "2")
    planned = {key: (row["Films expected"], row["Visits with a deviation"]) for key, row in rows.items()}
    assert {key: found for key, found in planned.items() if found != ("0", "0")} == {
        ("2025-01", "01"): ("8", "0"),
        ("2025-01", "02"): ("4", "0"),
        ("2025-07", "01"): ("8", "0"),
        ("2025-07", "02"): ("4", "1"),
        ("No date yet", "02"): ("4", "1"),
    }
    assert_agrees_with_other_pages(built_trial.trial)
    Read.objects.filter(reader=built_trial.people["reader.two"]).update(kind=ReadKind.ADJUDICATION)
    assert sum(row.reads for row in site_months(built_trial.trial, timezone.localdate())) == 3


def assert_agrees_with_other_pages(trial: Trial) -> None:
    """The sums are those of the overview and of the page of completeness."""
    today = timezone.localdate()
    rows = site_months(trial, today)
    assert sum(row.expected for row in rows) == standing(trial, today).films_expected
    assert sum(row.deviating for row in rows) == States(trial, today).tally().deviating


def test_a_rate_is_shown_from_fifty_cases_on_and_again_after_ten_more() -> None:
    """A rate after every single case would say which case was adjudicated."""
    months = [date(2026, month, 1) for month in range(1, 7)]
    computed = [(months[0], case, "consensus") for case in range(49)]
    computed += [(months[1], 49, "discordant"), (months[2], 49, "adjudicated")]
    computed += [(months[3], case, "discordant") for case in range(50, 59)]
    computed += [(months[4], 59, "consensus"), (months[5], 60, "consensus")]
    rates = [(rate.month, rate.cases, rate.share) for rate in rates_of(Campaign(), computed, months[5])]
    assert rates == [(months[1], 50, 0.0), (months[4], 60, 0.15)]


def test_the_sponsor_and_the_auditor_see_the_rate_of_the_campaign_and_the_coordinator_never() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    pair = (built_trial.people["reader"], built_trial.people["reader.two"])
    add_signed(open_campaign_of(built_trial), [(*pair, 0.0, False)] * 50)
    assert adjudication_rates(built_trial.trial, timezone.localdate()) == []
    last_month = timezone.now().replace(day=1) - timedelta(days=2)
    with lifted():
        CaseResult.objects.update(computed_at=last_month)
        some = list(CaseResult.objects.order_by("pk").values_list("pk", flat=True)[:10])
        CaseResult.objects.filter(pk__in=some).update(outcome="discordant")
    Case.objects.filter(results__in=some[:1]).update(status="voided", void_cause="late-film", void_reason="a late film")
    (row,) = lines(built_trial, "rates-")
    assert [*row.values()][2:] == [f"{last_month:%Y-%m}", "50", "20 %"]
    assert all("20 %" in browser(built_trial, who).get(PAGE).content.decode() for who in ("auditor", "statistician"))
    answer = browser(built_trial, "coordinator").get(f"{PAGE}?rates-format=csv")
    assert "20 %" not in answer.content.decode()
    assert "list-adjudication" not in answer.content.decode()


def test_an_empty_trial_says_so_everywhere() -> None:
    built_trial = build_reading_trial(subjects=0)
    page = browser(built_trial).get(PAGE).content.decode()
    nothing = ["Nothing is expected and nothing", "No campaign had 50 cases with a result", "No dataset is locked yet."]
    nothing.append("No transfer has been requested yet.")
    assert [words for words in nothing if words not in page] == []


def test_a_lock_says_how_often_its_dataset_was_given_out() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    lock = locked(built_trial, open_campaign_of(built_trial))
    assert lines(built_trial, "locks-")[0]["Downloads"] == "0"
    for _ in range(2):
        record_download(dataset=lock.dataset, actor=built_trial.actor("statistician"))
    (row,) = lines(built_trial, "locks-")
    assert (row["Lock"], row["State"], row["Downloads"]) == ("C1, lock 1", "In force", "2")
    assert row["Last download"] >= row["Locked"]


def test_a_transfer_names_its_recipient_and_the_day_of_its_receipt() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    lock, to = locked(built_trial, open_campaign_of(built_trial)), built_trial.people["statistician"]
    given = {"campaign": lock.campaign, "recipient": to, "asked_by": to, "status": TransferStatus.READY}
    for number, purpose in ((1, Purpose.REVIEW), (2, Purpose.FINAL)):
        final = lock if purpose == Purpose.FINAL else None
        DataTransfer.objects.create(number=number, purpose=purpose, lock=final, cases=[77], **given)
    received = TransferReceipt.objects.create(transfer=lock.transfers.get(), signature=lock.requested)
    last, first = lines(built_trial, "transfers-")
    assert (last["Transfer"], last["Purpose"], last["Recipient"], last["State"]) == (
        "2",
        "Final",
        "statistician",
        "Ready",
    )
    assert last["Receipt signed"].startswith(f"{received.received_at:%Y-%m-%d}")
    assert (first["Purpose"], first["Receipt signed"]) == ("Blinded data review", "")


def locked(built_trial: BuiltTrial, campaign: Campaign) -> Lock:
    """A lock straight into the tables."""
    signed = Signature.objects.create(
        signer=built_trial.people["statistician"],
        printed_name="statistician",
        role="statistician",
        meaning="lock",
        record_kind="dataset",
        digest="0" * 64,
    )
    dataset = Dataset.objects.create(campaign=campaign, number=1, status=DatasetStatus.LOCKED)
    return Lock.objects.create(
        dataset=dataset, campaign=campaign, number=1, root="0" * 64, requested=signed, confirmed=signed
    )


def test_the_page_asks_as_often_for_five_subjects_as_for_one() -> None:
    counts = []
    for number, code in ((1, "ONE"), (5, "FIVE")):
        built_trial = build_reading_trial(subjects=number, visits=("W00", "W24"), code=code)
        Film.objects.filter(trial=built_trial.trial, subject=built_trial.subjects[0]).update(film_date=date(2025, 3, 1))
        open_campaign_of(built_trial)
        client = browser(built_trial)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/trials/{code}/sites-by-month/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
