"""A process killed between storing a paper charter or a package and writing its row leaves a file: it is cleared."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from reading.charter.papers import attach_paper
from reading.models import Charter
from scoring.models import ArmsReport, ArmsRequest, Dataset, DatasetStatus, DataTransfer, Lock, Purpose
from studies.arrival import leftovers
from studies.models import ArmsImport
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.unsealing_cast import lock_unread

pytestmark = pytest.mark.django_db
KEPT = ("datasets/2/kept.zip", "transfers/1/kept.zip", "arms/kept.zip.sealed", "arms/kept-by-arm-1.zip.sealed")
LEFT = (
    "charters/left",
    "datasets/2/left.zip",
    "datasets/9/left.zip",
    "datasets/9/.half.part",
    "transfers/9/left.zip",
    "arms/left.zip.sealed",
)


@pytest.fixture
def built_trial(tmp_path: Path, settings: Any) -> BuiltTrial:
    """A trial, and stores of this test alone."""
    settings.STORAGES = {
        name: {**store, "OPTIONS": {"location": str(tmp_path / "files" / name)}} if "OPTIONS" in store else store
        for name, store in settings.STORAGES.items()
    }
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def with_rows(built_trial: BuiltTrial) -> None:
    """A paper charter attached by its coordinator, and the rows of each other kind of package."""
    campaign, people = open_campaign_of(built_trial), built_trial.people
    lock_unread(built_trial, campaign)
    attach_paper(charter=Charter.objects.get(), actor=built_trial.actor("coordinator"), content=b"%PDF-1.7")
    dataset, transfer, opened, report = KEPT
    Dataset.objects.create(campaign=campaign, number=2, status=DatasetStatus.DISCARDED, folder=dataset)
    sent: dict[str, Any] = {
        "recipient": people["statistician"],
        "asked_by": people["statistician"],
        "purpose": Purpose.REVIEW,
    }
    DataTransfer.objects.create(campaign=campaign, number=1, folder=transfer, **sent)
    imported = ArmsImport.objects.create(trial=built_trial.trial, version=1, keys=[], imported_by=people["coordinator"])
    asked = ArmsRequest.objects.create(
        campaign=campaign,
        lock=Lock.objects.get(),
        imported=imported,
        token="kept",
        requested_by=people["statistician"],
        expires_at=timezone.now(),
        folder=opened,
    )
    made: dict[str, Any] = {"reference": 0, "by_site": False, "asked_by": people["statistician"]}
    ArmsReport.objects.create(request=asked, number=1, folder=report, **made)


def stored(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_exports_without_a_row_are_cleared_after_a_week_and_no_others(
    built_trial: BuiltTrial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rows(built_trial)
    for name in KEPT:
        storages["exports"].save(name, io.BytesIO(b"whole"))
    before = stored(tmp_path / "files")
    for name in LEFT:
        storages["exports"].save(name, io.BytesIO(b"half"))
    leftovers.clear()
    assert len(stored(tmp_path / "files")) == len(before) + len(LEFT)
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=8))
    leftovers.clear()
    assert stored(tmp_path / "files") == before
    assert storages["exports"].exists(Charter.objects.get().paper)
