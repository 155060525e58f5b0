"""After a subject withdrew consent, their cases stop: unsigned reads end, signed ones stay, readers learn nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Signature
from accounts.sign_in import BACKEND
from audit.trail import audited_atomic
from audit.verify_trial import verify_trial
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.frozen_films import freeze
from reading.campaigns.opening import add_cases, cases_with_other_films, close_campaign
from reading.campaigns.progress import counts_of
from reading.campaigns.reopening import reopen_campaign
from reading.issuing.adjudication import request_adjudication
from reading.issuing.assignments import plan_batch, request_batch, void_and_reissue
from reading.issuing.consent import correct_consent, withdraw_consent
from reading.issuing.declining import decline_read
from reading.issuing.eligible import may_not_adjudicate
from reading.models import Campaign, Case, CaseStatus, DisplayedFilm, Read, ReadKind, ReadStatus
from reading.room.signing import return_read
from reading.room.worklist import signed_entries, waiting_for
from scoring.datasets.building import request_dataset
from studies.models import ConsentWithdrawal
from tests.reading.builders import (
    PASSWORD,
    BuiltTrial,
    build_reading_trial,
    change_first,
    fill_read,
    open_campaign_of,
    read_through,
    sign,
)
from tests.scoring.packages import package_of

pytestmark = pytest.mark.django_db
ADDRESS = "/trials/TWO/consent/"
DAY = date(2026, 1, 31)


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=3, visits=("W00", "W24"))


def client_of(built: BuiltTrial, name: str) -> Client:
    client = Client()
    client.force_login(built.people[name], backend=BACKEND)
    return client


def issue(built: BuiltTrial, campaign: Campaign, name: str = "one") -> None:
    readers = [built.people["reader"], built.people["reader.two"]]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name=name, due_on=None, readers=readers, size=99)
    run_due_jobs()


def case_of(built: BuiltTrial, campaign: Campaign, subject: int) -> Case:
    cases = campaign.cases.live().select_related("campaign")
    return next(case for case in cases if open_case_seal(case).subject == built.subjects[subject].pk)


def read_of(case: Case, built: BuiltTrial, name: str) -> Read:
    reads = Read.objects.counting().select_related("case__campaign__charter", "reader")
    return reads.get(case=case, reader=built.people[name])


def withdraw(built: BuiltTrial, subject: int = 0, **given: Any) -> ConsentWithdrawal:
    about: dict[str, Any] = {"withdrawn_on": DAY, "statement": "All further use of films", "instruction": ""}
    return withdraw_consent(subject=built.subjects[subject], **{**about, **built.signs("coordinator"), **given})


def correct(built: BuiltTrial, held: ConsentWithdrawal) -> None:
    correct_consent(withdrawal=held, reason="Another subject was meant", **built.signs("coordinator"))


def plain(answer: Any) -> str:
    """A page without what is drawn for each request."""
    return re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())


def half_read(built: BuiltTrial) -> tuple[Campaign, Case]:
    """The first case is signed by one reader and filled by the other; the second has its result."""
    campaign = open_campaign_of(built, concordant_share=0.0)
    issue(built, campaign)
    case, finished = case_of(built, campaign, 0), case_of(built, campaign, 1)
    fill_read(read_of(case, built, "reader"))
    read_through(read_of(case, built, "reader.two"))
    for name in ("reader", "reader.two"):
        read_through(read_of(finished, built, name))
    run_due_jobs()
    return campaign, case


def test_unsigned_reads_end_signed_ones_and_results_stay_and_the_dataset_says_why(built: BuiltTrial) -> None:
    campaign, case = half_read(built)
    finished, open_one = case_of(built, campaign, 1), case_of(built, campaign, 2)
    coordinator, signed = built.signs("coordinator"), Read.objects.filter(case=case)
    done = read_of(case, built, "reader.two")
    film = DisplayedFilm.objects.exclude(reader_image=None).filter(timepoint__step__read=done).last()
    assert film is not None
    address = f"/trials/TWO/results/C1/checks/films/{film.token}.jpg"
    lead = client_of(built, "lead")
    assert lead.get(address).status_code == 200
    withdraw(built, 0)
    withdraw(built, 1)
    assert set(signed.values_list("reader__name", "status")) == {
        ("reader", ReadStatus.VOIDED),
        ("reader.two", ReadStatus.SIGNED),
    }
    assert lead.get(address).status_code == 404
    for one, status in ((case, CaseStatus.OPEN), (finished, CaseStatus.CONSENSUS)):
        one.refresh_from_db()
        assert (one.status, one.consent_withdrawn) == (status, True)
    readers = [built.people["reader"], built.people["reader.two"]]
    assert plan_batch(campaign, readers, 9) == []
    assert cases_with_other_films(campaign) == []
    assert (counts_of(campaign, DAY).cases, counts_of(campaign, DAY).unassigned) == (2, 0)
    with pytest.raises(WrongState, match="its subject withdrew consent"):
        return_read(read=done, reason="reader-asked", note="", **coordinator)
    for name in ("reader", "reader.two"):
        read_through(read_of(open_one, built, name))
    run_due_jobs()
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    dataset = request_dataset(campaign=campaign, actor=built.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    archive = package_of(dataset)
    (name,) = (name for name in archive.namelist() if name.endswith("/cases.csv"))
    text = archive.read(name).decode("utf-8-sig")
    rows = {row["USUBJID"]: (row["OUTCOME"], row["VOIDREASON"]) for row in csv.DictReader(io.StringIO(text))}
    assert rows == {"S000": ("stopped", "consent withdrawn"), "S001": ("consensus", ""), "S002": ("consensus", "")}
    assert verify_trial("TWO", {}).intact


def test_readers_see_what_they_see_of_a_voided_case(built: BuiltTrial) -> None:
    campaign, case = half_read(built)
    others = (case_of(built, campaign, 1), case_of(built, campaign, 2))
    read, look = read_of(case, built, "reader"), read_of(others[0], built, "reader")
    voided = read_of(others[1], built, "reader")
    reader = client_of(built, "reader")
    unknown = plain(reader.get(f"/read/{'x' * 32}/"))
    film = DisplayedFilm.objects.filter(timepoint__step__read=look).first()
    assert film is not None
    assert [entry.read for entry in waiting_for(read.reader_id)] == [read.pk, voided.pk]
    withdraw(built, 0)
    withdraw(built, 1)
    void_and_reissue(case=others[1], reason="wrong film", **built.signs("coordinator"))
    for gone in (read, look, voided):
        answer = reader.get(f"/read/{gone.token}/")
        assert answer.status_code == 404
        assert plain(answer).replace(gone.token, "x" * 32) == unknown
    assert reader.get(f"/read/{look.token}/film/{film.token}/preview.jpg").status_code == 404
    assert reader.post(f"/read/{read.token}/values/", {"ops": []}, content_type="application/json").status_code == 404
    assert waiting_for(read.reader_id) == []
    # The count stays: were it lower, the entries that left would have been repeats. The read is not offered again.
    assert [step.read for step in signed_entries(read.reader_id)] == [look]
    assert look.token not in reader.get("/read/past/").content.decode()


def test_a_mistake_is_corrected_and_the_case_is_read_again(built: BuiltTrial) -> None:
    campaign, case = half_read(built)
    with audited_atomic():
        request_adjudication(case=case, actor=built.actor("coordinator"))
    run_due_jobs()
    third = Read.objects.get(case=case, kind=ReadKind.ADJUDICATION)
    held = withdraw(built, 0)
    correct(built, held)
    correct(built, held)
    third.refresh_from_db()
    assert third.status == ReadStatus.VOIDED
    assert third.reader_id not in may_not_adjudicate(case)
    case.refresh_from_db()
    assert (case.consent_withdrawn, ConsentWithdrawal.objects.current().count()) == (False, 0)
    issue(built, campaign, "two")
    read_through(read_of(case, built, "reader"))
    run_due_jobs()
    case.refresh_from_db()
    assert case.status == CaseStatus.CONSENSUS
    assert withdraw(built, 0).pk != held.pk


def test_a_case_without_a_result_stays_stopped_until_its_campaign_is_reopened(built: BuiltTrial) -> None:
    campaign, case = half_read(built)
    held, other = withdraw(built, 0), case_of(built, campaign, 2)
    withdraw(built, 2)
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    change = {"reason": "Another subject was meant", "password": PASSWORD}
    page = client_of(built, "coordinator").post(f"{ADDRESS}{held.pk}/correct/", change, follow=True).content.decode()
    assert "The subject remains without a result in C1 unless the campaign is reopened." in page
    case.refresh_from_db()
    assert case.has_no_result
    reopen_campaign(campaign=campaign, reason="Subject S000 consents", **built.signs("coordinator"))
    stopped = campaign.cases.filter(consent_withdrawn=True)
    assert list(stopped) == [other]
    issue(built, campaign, "two")
    assert read_of(case, built, "reader").status == ReadStatus.ISSUED


def test_a_returned_read_counts_as_it_was_signed_and_its_case_gets_back_its_result(built: BuiltTrial) -> None:
    campaign, _ = half_read(built)
    case = case_of(built, campaign, 1)
    read = read_of(case, built, "reader")
    return_read(read=read, reason="reader-asked", note="", **built.signs("coordinator"))
    change_first(read, 3)
    withdraw(built, 1)
    run_due_jobs()
    case.refresh_from_db()
    read.refresh_from_db()
    assert (read.status, case.status, case.has_no_result) == (ReadStatus.SIGNED, CaseStatus.CONSENSUS, False)
    assert read.signed_at == read.steps.get().locked_at
    assert case.results.count() == 1
    assert verify_trial("TWO", {}).intact


def test_what_was_requested_before_is_not_issued_afterwards(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    readers = [built.people["reader"], built.people["reader.two"]]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=99)
    withdraw(built, 0)
    run_due_jobs()
    case = case_of(built, campaign, 0)
    assert Read.objects.counting().exists()
    assert not case.reads.exists()


def test_no_case_is_made_of_films_chosen_before_their_subject_withdrew_consent(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    chosen = freeze(built.trial, subjects=built.subjects, visits=built.visits, cut_off=timezone.now())
    withdraw(built, 0)
    with pytest.raises(WrongState, match=r"withdrawn in the meantime \(S000\)"), audited_atomic():
        add_cases(campaign, chosen, first_number=4)
    assert campaign.cases.count() == 3


def test_a_declined_case_of_single_timepoints_leaves_the_worklist_too(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built, presentation="single")
    issue(built, campaign)
    read = read_of(case_of(built, campaign, 0), built, "reader")
    first = read.steps.order_by("pk").first()
    assert first is not None
    decline_read(read=read, actor=built.actor("reader"), reason="I know the patient", step=first)
    assert read.pk in {entry.read for entry in waiting_for(read.reader_id)}
    other = read_of(case_of(built, campaign, 0), built, "reader.two")
    begun, late = other.steps.order_by("pk")
    for step in (begun, late):
        fill_read(other, step=step)
    sign(other, step=begun)
    withdraw(built, 0)
    assert read.pk not in {entry.read for entry in waiting_for(read.reader_id)}
    with pytest.raises(WrongState, match="no longer valid, so it cannot be signed"):
        sign(other, step=late)
    assert list(signed_entries(other.reader_id)) == [begun]
    assert verify_trial("TWO", {}).intact


def test_the_coordinator_records_it_signed_once_with_the_sponsors_instruction(built: BuiltTrial) -> None:
    half_read(built)
    client, subject = client_of(built, "coordinator"), built.subjects[0]
    assert "No subject of this trial is recorded as having withdrawn consent." in client.get(ADDRESS).content.decode()
    given = {"subject": subject.pk, "withdrawn_on": str(DAY), "statement": "All further use", "password": PASSWORD}
    refused = client.post(ADDRESS, {**given, "password": "another"})
    assert (refused.status_code, ConsentWithdrawal.objects.count()) == (400, 0)
    before = Signature.objects.count()
    for _ in range(2):
        assert "Subject S000: consent withdrawn." in client.post(ADDRESS, given, follow=True).content.decode()
    held = ConsentWithdrawal.objects.get()
    assert Signature.objects.count() == before + 1
    again = client.post(ADDRESS, {**given, "statement": "Other words"})
    assert "It is already recorded that subject S000 withdrew consent." in again.content.decode()
    client.post(f"{ADDRESS}{held.pk}/instruction/", {"instruction": "Letter of 3 May: keep all data"})
    text = b"".join(client.get(f"{ADDRESS}?format=csv")).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Subject"], row["Sponsor's instruction"]) == ("S000", "Letter of 3 May: keep all data")
    assert "Consent withdrawn on 2026-01-31" in client.get(f"/trials/TWO/visits/subject/{subject.pk}/").content.decode()
    change = {"reason": "Another subject was meant", "password": PASSWORD}
    page = client.post(f"{ADDRESS}{held.pk}/correct/", change, follow=True).content.decode()
    assert "Subject S000: consent was not withdrawn." in page
    late = client.post(f"{ADDRESS}{held.pk}/instruction/", {"instruction": "Another letter"})
    assert (late.status_code, "was not withdrawn" in late.content.decode()) == (400, True)
    with pytest.raises(BadInput, match="A reason is needed"):
        correct_consent(withdrawal=held, reason=" ", **built.signs("coordinator"))
