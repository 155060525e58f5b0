"""A campaign with two complete cases of three, its transfers and what is in their packages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedFilm, Read, ReadKind
from reading.room.signing import return_read
from scoring.models import DataTransfer
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.cuts import Cut
from studies.arrival.sealed_files import copy_export
from studies.models import Film, ReaderImage, Subject, Visit
from studies.questions.threads import ask
from tests.reading.builders import (
    BuiltTrial,
    build_reading_trial,
    change_first,
    fill_read,
    open_campaign_of,
    read_through,
    sign,
)
from tests.reading.test_line import by_visit
from tests.scoring.test_randomisation import rows_of


def batch_of_one(built_trial: BuiltTrial, campaign: Campaign, name: str) -> list[Read]:
    """The two primary reads of one more case."""
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    before = set(Read.objects.values_list("pk", flat=True))
    request_batch(campaign=campaign, actor=coordinator, name=name, due_on=None, readers=readers, size=1)
    run_due_jobs()
    return list(Read.objects.exclude(pk__in=before).order_by("pk"))


def open_with_two_complete_cases() -> tuple[BuiltTrial, Campaign]:
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


def two_transfers() -> BuiltTrial:
    """A test transfer and a review transfer of the open campaign."""
    built_trial, _ = open_with_two_complete_cases()
    visit = Visit.objects.get(subject__code="S000", code="W52")
    ask(trial=built_trial.trial, text="Is this the left hand?", actor=built_trial.actor("coordinator"), visit=visit)
    asked(built_trial, "test")
    asked(built_trial, "review")
    return built_trial


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
