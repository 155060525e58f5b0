"""Transfers of an open campaign: a review holds no score, a cut complete cases, and decisions are signed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import Event
from audit.redaction import shown
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import open_case_seal
from reading.issuing.consent import withdraw_consent
from reading.models import Campaign, Case, CaseStatus, Read, ReadKind, ReadStatus
from reading.room.signing import return_read
from scoring.datasets import verifier
from scoring.models import DataTransfer, ReviewDecision, TransferStatus
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.cuts import Cut, complete_cases, demand_cut, stopped_early
from scoring.transfers.receipts import record_comparison
from scoring.transfers.reviewing import NewDecision, called, decide, findings_of
from studies.models import ArmsHolding, Membership, Subject
from tests.once_per_file import Once
from tests.reading.builders import PASSWORD, BuiltTrial, read_through, sign
from tests.refused import said
from tests.scoring.test_event_lists import browser
from tests.scoring.test_randomisation import rows_of
from tests.scoring.transferred import asked, corrected, two_transfers, unpacked
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db
DECIDED_MEANWHILE = "Each of these findings was decided in the meantime. The list shows the decisions."


@pytest.fixture(scope="module")
def made_once(once: Once) -> BuiltTrial:
    """A test transfer and a review transfer of the open campaign."""
    return once(two_transfers)


@pytest.fixture
def built_trial(made_once: BuiltTrial) -> BuiltTrial:
    return deepcopy(made_once)


def test_a_review_transfer_lists_what_to_decide_on_and_is_the_same_whatever_readers_scored(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    before = DataTransfer.objects.get(purpose="review")
    folder = unpacked(before, tmp_path)
    assert verifier.verify(folder, before.root) == []
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["README.md", "codebook.csv", "films.csv", "findings.csv", "manifest.json", "verify.py"]
    assert {row["READER"] for row in rows_of(folder / "films.csv")} == {"READER 1", "READER 2"}
    listed = {(row["KIND"], row["USUBJID"], row["VISIT"], row["SAYS"]) for row in rows_of(folder / "findings.csv")}
    missing = [says for kind, _, visit, says in listed if kind == "not-assessable"]
    assert missing == ["1 site of 32 not assessable: 1 missing image"] * len(missing)
    assert len(missing) == 2, "at both visits"
    asked_about = [(subject, visit) for kind, subject, visit, _ in listed if kind == "question"]
    assert asked_about == [("S000", "W52")] * ("S000" in subjects_of_cut(folder))
    corrected(built_trial)
    after = asked(built_trial, "review")
    for name in ("findings.csv", "films.csv"):
        assert (unpacked(after, tmp_path) / name).read_bytes() == (folder / name).read_bytes()
    assert {name: table["first"] for name, table in after.counts["diff"]["tables"].items()} == {
        "findings.csv": [],
        "films.csv": [],
    }


def test_a_review_transfer_lists_subjects_as_people_count(built_trial: BuiltTrial, tmp_path: Path) -> None:
    subjects = list(Subject.objects.all())
    for subject, code in zip(subjects, ("S100", "S20", "S3"), strict=True):
        subject.code = code
        subject.save()
    record_rows(built_trial.trial.code, subjects)
    folder = unpacked(asked(built_trial, "review"), tmp_path)
    listed = list(dict.fromkeys(row["USUBJID"] for row in rows_of(folder / "films.csv")))
    assert len(listed) == 2
    assert listed == sorted(listed, reverse=True), "as text, each would come before the other"


def test_a_review_transfer_holds_the_same_cases_whichever_wait_for_an_adjudication(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    before = DataTransfer.objects.get(purpose="review")
    assert "Cases: 2 of 3." in (unpacked(before, tmp_path) / "README.md").read_text()
    third = Read.objects.get(kind=ReadKind.ADJUDICATION)
    return_read(read=third, **built_trial.signs("coordinator"), reason="incomplete", note="")
    third.case.refresh_from_db()
    assert third.case.status == CaseStatus.DISCORDANT
    after = asked(built_trial, "review")
    assert after.cases == before.cases
    for name in ("findings.csv", "films.csv"):
        assert (unpacked(after, tmp_path) / name).read_bytes() == (unpacked(before, tmp_path) / name).read_bytes()
    assert asked(built_trial, "test").cases == [case for case in before.cases if case != third.case.pk]
    for read in Read.objects.filter(batch__name="three"):
        if read.status == ReadStatus.OPENED:
            sign(read)
    assert asked(built_trial, "review").cases == before.cases, "one of two primary reads is not enough"


def test_an_unsigned_read_of_somebody_who_no_longer_reads_keeps_no_case_out_of_a_cut(built_trial: BuiltTrial) -> None:
    campaign, third = Campaign.objects.get(), Read.objects.get(kind=ReadKind.ADJUDICATION)
    both_cases = complete_cases(campaign, "test", Cut())
    with transaction.atomic():
        Read.objects.filter(pk=third.pk).update(status=ReadStatus.ISSUED)
        assert complete_cases(campaign, "test", Cut()) == [case for case in both_cases if case != third.case_id]
        Membership.objects.filter(user=third.reader_id).update(revoked_at=timezone.now())
        assert complete_cases(campaign, "test", Cut()) == both_cases
        transaction.set_rollback(True)


def test_a_stopped_case_is_in_every_transfer_and_a_review_names_it_unless_it_was_read_in_full(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    campaign, third = Campaign.objects.get(), Read.objects.get(kind=ReadKind.ADJUDICATION)
    half_read = Read.objects.filter(batch__name="three")[0].case
    subject = Subject.objects.get(pk=open_case_seal(half_read).subject)
    said_of: dict[str, Any] = {"withdrawn_on": date(2026, 1, 31), "statement": "All further use", "instruction": ""}
    withdraw_consent(subject=subject, **said_of, **built_trial.signs("coordinator"))
    test, review = asked(built_trial, "test"), asked(built_trial, "review")
    assert half_read.pk in set(test.cases) & set(review.cases)
    assert [row["OUTCOME"] for row in rows_of(unpacked(test, tmp_path) / "cases.csv")].count("stopped") == 1
    findings = rows_of(unpacked(review, tmp_path) / "findings.csv")
    says = f"case {half_read.number} stopped: consent withdrawn"
    assert [(row["USUBJID"], row["SAYS"]) for row in findings if row["KIND"] == "stopped"] == [(subject.code, says)]
    with transaction.atomic():
        in_full = Case.objects.filter(pk=third.case_id)
        in_full.update(status=CaseStatus.DISCORDANT, consent_withdrawn=True)
        assert complete_cases(campaign, "review", Cut()) == review.cases
        assert not stopped_early(in_full.get(), 2, 2)
        campaign.cases.update(consent_withdrawn=True, status=CaseStatus.OPEN)
        for purpose in ("test", "review"):
            with pytest.raises(WrongState, match="No case of campaign C1 is complete in this cut"):
                demand_cut(campaign, purpose, Cut())
        transaction.set_rollback(True)


def subjects_of_cut(folder: Path) -> set[str]:
    """The subjects of the films listed."""
    return {row["USUBJID"] for row in rows_of(folder / "films.csv")}


def test_a_cut_takes_complete_cases_by_batch_and_by_the_day_of_the_last_signature(built_trial: BuiltTrial) -> None:
    one, two = (Read.objects.filter(batch__name=name, kind="primary")[0].case for name in ("one", "two"))
    today = timezone.now().date()
    assert asked(built_trial, "review", Cut(batches=("two",))).cases == [two.pk]
    assert asked(built_trial, "review", Cut(until=today)).cases == sorted([one.pk, two.pk])
    user = built_trial.people["statistician"]
    ask_again: dict[str, Any] = {
        "campaign": Campaign.objects.get(),
        "actor": built_trial.actor("statistician"),
        "user": user,
    }

    def wanted(**cut: Any) -> WantedTransfer:
        return WantedTransfer(purpose="test", recipient=user, cut=Cut(**cut))

    for cut in (wanted(batches=("three",)), wanted(until=today - timedelta(days=1))):
        assert said(ask_for_transfer, **ask_again, wanted=cut) == (
            "No case of campaign C1 is complete in this cut. A case is complete once it has its result and all of its "
            "reads are signed."
        )
    tomorrow = today + timedelta(days=1)
    assert said(ask_for_transfer, **ask_again, wanted=wanted(until=tomorrow)) == (
        f"The last day cannot be {tomorrow}: it is after today."
    )
    assert said(ask_for_transfer, **ask_again, wanted=wanted(batches=("nine",))) == "Campaign C1 has no batch nine."
    ask_for_transfer(**ask_again, wanted=wanted())
    return_read(
        read=one.reads.filter(kind="primary")[0], **built_trial.signs("coordinator"), reason="incomplete", note=""
    )
    run_due_jobs()
    assert DataTransfer.objects.latest("pk").failure == (
        "1 case of the cut was reopened after the transfer was requested. Ask for another transfer."
    )


def test_a_decision_of_the_review_is_signed_over_the_listings_and_marked_once_arms_were_opened(
    built_trial: BuiltTrial,
) -> None:
    transfer, statistician = DataTransfer.objects.get(purpose="review"), browser(built_trial)
    page = reverse("scoring:findings", args=["TWO", "C1", transfer.number])
    assert "not assessable (2)" in " ".join(statistician.get(page).content.decode().split())
    decision = {"decision": "accepted", "note": "seen by all", "password": PASSWORD}
    for _ in range(2):
        assert statistician.post(f"{page}not-assessable/", decision).status_code == 302
    first = ReviewDecision.objects.get()
    assert (len(first.findings), first.after_unblinding) == (2, False)
    assert statistician.get(f"{page}not-assessable/").status_code == 404, "every finding of the kind has a decision"
    otherwise = statistician.post(f"{page}not-assessable/", decision | {"decision": "left-out"})
    assert (otherwise.status_code, ReviewDecision.objects.count()) == (400, 1)
    assert DECIDED_MEANWHILE in otherwise.content.decode()
    again = NewDecision(findings=tuple(first.findings), decision="accepted", note="seen by all", undecided=True)
    other = built_trial.signs("statistician") | {"user": built_trial.people["lead"]}
    assert said(decide, transfer=transfer, **other, deciding=again) == DECIDED_MEANWHILE
    holding = ArmsHolding.objects.create(
        trial=built_trial.trial, reason="held", chosen_by=built_trial.people["coordinator"], opened_at=timezone.now()
    )
    one = f"{page}{first.findings[0]}/"
    assert statistician.post(one, decision | {"password": "wrong"}).status_code == 400
    assert statistician.post(one, decision | {"decision": "left-out", "note": "a bad film"}).status_code == 302
    second = ReviewDecision.objects.latest("number")
    assert (second.number, second.findings, second.after_unblinding) == (2, first.findings[:1], True)
    assert "Post-unblinding" in statistician.get(one).content.decode()
    listed = list(csv.DictReader(io.StringIO(text_of(statistician.get(f"{page}?format=csv")))))
    of_kind = {(row["Decision"], row["Unblinding"]) for row in listed if row["Kind"] == "Not assessable"}
    assert of_kind == {("Used as it is", "before"), ("Left out of an analysis set", "post-unblinding")}
    decided = {(row["By"], row["Decided"]) for row in listed if row["Unblinding"] == "post-unblinding"}
    assert decided == {(second.signature.printed_name, f"{second.decided_at:%Y-%m-%d %H:%M:%S} UTC")}
    assert second.signature.digest != first.signature.digest
    record_rows("TWO", [holding])


def text_of(answer: Any) -> str:
    """The text of a file that is sent in pieces."""
    return b"".join(answer).decode("utf-8-sig")


def test_only_a_finding_of_a_review_is_decided_on_and_one_of_a_kind_that_has_a_decision_keeps_it(
    built_trial: BuiltTrial,
) -> None:
    review, test = (DataTransfer.objects.get(purpose=purpose) for purpose in ("review", "test"))
    signs = built_trial.signs("statistician")
    of_kind = tuple(one["FINDING"] for one in called(review, "not-assessable"))
    decide(transfer=review, **signs, deciding=NewDecision(findings=of_kind[:1], decision="left-out", note="a bad film"))
    of_the_rest = NewDecision(findings=of_kind, decision="accepted", note="seen", undecided=True)
    assert decide(transfer=review, **signs, deciding=of_the_rest).findings == list(of_kind[1:])
    unknown = NewDecision(findings=("0" * 12,), decision="accepted", note="seen")
    assert said(decide, transfer=review, **signs, deciding=unknown) == (
        f"Transfer 2 has no finding {'0' * 12}. Choose one from its list."
    )
    assert said(findings_of, test) == "Transfer 1 has the purpose test. Only a data review has findings."
    review.status = TransferStatus.BUILDING
    assert said(findings_of, review) == "Transfer 2 is still being built, so it has no findings."


def test_its_recipient_downloads_every_row_in_which_a_transfer_differs_from_the_one_before(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    client, before = browser(built_trial), DataTransfer.objects.get(purpose="test")
    first = client.get(reverse("scoring:transfer_differences", args=["TWO", "C1", before.number]))
    assert first.status_code == 409
    assert "is the first with the purpose test, so there is none to compare it with" in first.content.decode()
    corrected(built_trial)
    for read in Read.objects.filter(batch__name="three", status__in=[ReadStatus.ISSUED, ReadStatus.OPENED]):
        read_through(read) if read.status == ReadStatus.ISSUED else sign(read)
    run_due_jobs()
    after = asked(built_trial, "test")
    page = client.get(reverse("scoring:transfer", args=["TWO", "C1", after.number])).content.decode()
    (link,) = re.findall(r'href="([^"]*/differences/)"', page)
    rows = list(csv.DictReader(io.StringIO(text_of(client.get(link)))))
    lines = Counter((row["File"], row["Change"]) for row in {(r["File"], r["Row"]): r for r in rows}.values())
    assert lines == Counter(
        {
            (name, kind): table[kind]
            for name, table in after.counts["diff"]["tables"].items()
            for kind in ("added", "removed", "altered")
            if table[kind]
        }
    )
    old, new = ({row["READID"] for row in rows_of(unpacked(one, tmp_path) / "reads.csv")} for one in (before, after))
    added = {row["Row"].split(";")[0] for row in rows if (row["File"], row["Change"]) == ("reads.csv", "added")}
    assert (len(added), added) == (2, new - old)
    altered = [row for row in rows if row["Change"] == "altered"]
    assert altered
    assert all(row["Column"] and row["Before"] != row["After"] for row in altered)
    said_of_it = shown(Event.objects.filter(action="scoring.transfer.downloaded").latest("pk"), Role.STATISTICIAN)
    assert said_of_it.sentence == (
        f"statistician downloaded the row differences of transfer {after.number} of campaign C1 (test)"
    )
    other = {"actor": built_trial.actor("statistician"), "user": built_trial.people["lead"]}
    assert said(record_comparison, transfer=after, **other).endswith("Only they can receive it.")
