"""Transfers: a test of an open campaign holds nothing true, a review no score, one of a lock the locked package."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedFilm, Read, ReadKind
from reading.room.signing import return_read
from scoring.datasets import verifier
from scoring.models import DataTransfer, ReviewDecision
from scoring.transfer_models import TransferStatus
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.cuts import Cut
from scoring.transfers.reviewing import NewDecision, decide, findings_of
from studies.arrival.sealed_files import copy_export
from studies.models import ArmsHolding, Film, ReaderImage, Subject, Visit
from studies.questions.threads import ask
from tests.once_per_file import Once
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
from tests.reading.test_line import by_visit
from tests.refused import said
from tests.scoring.test_event_lists import browser
from tests.scoring.test_randomisation import rows_of
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


def batch_of_one(built_trial: BuiltTrial, campaign: Campaign, name: str) -> list[Read]:
    """The two primary reads of one more case."""
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    before = set(Read.objects.values_list("pk", flat=True))
    request_batch(campaign=campaign, actor=coordinator, name=name, due_on=None, readers=readers, size=1)
    run_due_jobs()
    return list(Read.objects.exclude(pk__in=before).order_by("pk"))


def open_with_two_whole_cases() -> tuple[BuiltTrial, Campaign]:
    """An open campaign: a case that was adjudicated, one that its readers decided, and one half read."""
    built_trial = build_reading_trial(subjects=3, visits=("W00", "W52"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=5)
    first, second = batch_of_one(built_trial, campaign, "one")
    fill_read(first, by_visit(first, "W52", 2))
    fill_read(second, lambda timepoint, item: None if item.key == "GL-MCP2" else 0)
    for read in (first, second):
        sign(read)
    run_due_jobs()
    third = Read.objects.get(kind=ReadKind.ADJUDICATION)
    read_through(third, by_visit(third, "W52", 3))
    for read in batch_of_one(built_trial, campaign, "two"):
        read_through(read)
    fill_read(batch_of_one(built_trial, campaign, "three")[0])
    run_due_jobs()
    return built_trial, campaign


def asked(built_trial: BuiltTrial, purpose: str, cut: Cut | None = None, campaign: str = "C1") -> DataTransfer:
    """A transfer for the statistician, built."""
    statistician = built_trial.people["statistician"]
    found = Campaign.objects.select_related("trial", "charter").get(code=campaign)
    wanted = WantedTransfer(purpose=purpose, recipient=statistician, cut=cut or Cut())
    made = ask_for_transfer(campaign=found, actor=built_trial.actor("statistician"), user=statistician, wanted=wanted)
    run_due_jobs()
    made.refresh_from_db()
    assert made.failure == ""
    return made


@pytest.fixture(scope="module")
def made_once(once: Once) -> BuiltTrial:
    """A test transfer and a review transfer of the open campaign."""

    def build() -> BuiltTrial:
        built_trial, _ = open_with_two_whole_cases()
        visit = Visit.objects.get(subject__code="S000", code="W52")
        ask(trial=built_trial.trial, text="Is this the left hand?", actor=built_trial.actor("coordinator"), visit=visit)
        asked(built_trial, "test")
        asked(built_trial, "review")
        return built_trial

    return once(build)


@pytest.fixture
def built_trial(made_once: BuiltTrial) -> BuiltTrial:
    return deepcopy(made_once)


def unpacked(transfer: DataTransfer, folder: Path) -> Path:
    """The package in a folder."""
    with io.BytesIO() as file:
        copy_export(transfer.folder, file)
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder / f"transfer-{transfer.pk}")
    (found,) = (folder / f"transfer-{transfer.pk}").iterdir()
    return found


def everything_in(folder: Path) -> bytes:
    """The bytes of every file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def true_names() -> set[str]:
    """What names a true subject, read, film or batch."""
    names = set(Subject.objects.values_list("code", flat=True))
    for model in (Read, DisplayedFilm):
        names |= set(model.objects.values_list("token", flat=True))
    names |= set(ReaderImage.objects.values_list("key", flat=True))
    names |= set(Read.objects.values_list("queue", "batch__commitment")[0])
    names |= {day.isoformat() for day in Film.objects.values_list("film_date", flat=True) if day}
    return names - {""}


def values_in(folder: Path) -> list[tuple[str, ...]]:
    """Subject, visit, reader, item, grade and reason of every score."""
    columns = ("USUBJID", "VISIT", "READER", "PARAMCD", "AVAL", "NAREASON")
    return [tuple(row[column] for column in columns) for row in rows_of(folder / "scores.csv")]


def corrected(built_trial: BuiltTrial) -> None:
    """A read that both transfers hold is returned, changed in its first item and signed again."""
    read = Read.objects.filter(kind=ReadKind.PRIMARY, batch__name="two")[0]
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    change_first(read, 3)
    sign(read)
    run_due_jobs()


def test_a_test_transfer_of_an_open_campaign_is_whole_and_nothing_in_it_is_true(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    transfer = DataTransfer.objects.get(purpose="test")
    folder = unpacked(transfer, tmp_path)
    assert verifier.verify(folder, transfer.root) == []
    assert folder.name == "TWO-C1-transfer-1-TEST-SCRAMBLED"
    assert (folder / "README.md").read_text().startswith("# TEST DATA: scrambled subjects and values")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["scrambled"]["seed"] == transfer.seed
    assert (manifest["purpose"], manifest["cases"], manifest["cut_in_words"]) == ("test", 2, "every whole case")
    content = everything_in(folder)
    assert [name for name in true_names() if name.encode() in content] == []
    cases = rows_of(folder / "cases.csv")
    assert [row["USUBJID"] for row in cases] == ["TEST-0001", "TEST-0002"]
    assert sorted(row["OUTCOME"] for row in cases) == ["adjudicated", "consensus"]
    assert {row["SITEID"] for row in cases} <= {"T01", "T02"}
    grades = {grade for *_, grade, _ in values_in(folder)}
    assert {"0", "1", "2", "3", "4", "5"} <= grades


def test_no_value_of_a_test_transfer_depends_on_what_readers_scored(built_trial: BuiltTrial, tmp_path: Path) -> None:
    before = DataTransfer.objects.get(purpose="test")
    corrected(built_trial)
    after = asked(built_trial, "test")
    assert (after.number, after.seed, after.before) == (3, before.seed, before)
    assert values_in(unpacked(after, tmp_path)) == values_in(unpacked(before, tmp_path))
    altered = {name: table["altered"] for name, table in after.counts["diff"]["tables"].items() if table["altered"]}
    assert altered.keys() <= {"scores.csv", "reads.csv", "revisions.csv"}, "times, digests and revisions alone"


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


def subjects_of_cut(folder: Path) -> set[str]:
    """The subjects of the films listed."""
    return {row["USUBJID"] for row in rows_of(folder / "films.csv")}


def test_a_cut_takes_whole_cases_by_batch_and_by_the_day_of_the_last_signature(built_trial: BuiltTrial) -> None:
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
            "No case of campaign C1 is whole in this cut. A case is whole once it has its result and all of its reads "
            "are signed."
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
    assert "not-assessable (2)" in " ".join(statistician.get(page).content.decode().split())
    decision = {"decision": "accepted", "note": "seen by all", "password": PASSWORD}
    for _ in range(2):
        assert statistician.post(f"{page}not-assessable/", decision).status_code == 302
    first = ReviewDecision.objects.get()
    assert (len(first.findings), first.after_unblinding) == (2, False)
    assert statistician.get(f"{page}not-assessable/").status_code == 404, "every finding of the kind has a decision"
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
    of_kind = {(row["Decision"], row["Unblinding"]) for row in listed if row["Kind"] == "not-assessable"}
    assert of_kind == {("Used as it is", "before"), ("Left out of an analysis set", "post-unblinding")}
    assert second.signature.digest != first.signature.digest
    record_rows("TWO", [holding])


def text_of(answer: Any) -> str:
    """The text of a file that is sent in pieces."""
    return b"".join(answer).decode("utf-8-sig")


def test_only_a_finding_of_a_review_is_decided_on(built_trial: BuiltTrial) -> None:
    review, test = (DataTransfer.objects.get(purpose=purpose) for purpose in ("review", "test"))
    signs = built_trial.signs("statistician")
    unknown = NewDecision(findings=("0" * 12,), decision="accepted", note="seen")
    assert said(decide, transfer=review, **signs, deciding=unknown) == (
        f"Transfer 2 has no finding {'0' * 12}. Choose one of its list."
    )
    assert said(findings_of, test) == "Transfer 1 has the purpose test. Only a data review has findings."
    review.status = TransferStatus.BUILDING
    assert said(findings_of, review) == "Transfer 2 is still being built, so it has no findings."
