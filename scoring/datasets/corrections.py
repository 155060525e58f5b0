"""After arms were received: the lock in force stays the analysis of record, and a correction is delivered with it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from reading.campaigns.analysis_of_record import stays_of_record
from reading.models import Campaign, CampaignStatus
from scoring.datasets.package import TableFile
from scoring.datasets.row_diff import written_changes
from scoring.datasets.tables import CORRECTIONS, TABLES
from scoring.models import Dataset, Lock
from studies.arrival.sealed_files import copy_export

RECORD_FILE = "analysis-of-record.zip"


def takes_corrections(campaign: Campaign) -> bool:
    """Whether the campaign is locked and arms were received since: another lock does not replace that one."""
    return campaign.status == CampaignStatus.LOCKED and stays_of_record(campaign)


def lock_in_force(campaign: Campaign) -> Lock:
    """The newest lock that corrects no other: of a locked campaign, the one in force."""
    return Lock.objects.filter(campaign=campaign, corrects=None).select_related("dataset").latest("number")


def deliver_record(dataset: Dataset, folder: Path) -> dict[str, object]:
    """Adds the analysis of record and every difference from it to a correction; returns its entry in the manifest."""
    if not takes_corrections(dataset.campaign):
        return {}
    record = lock_in_force(dataset.campaign)
    with (folder / RECORD_FILE).open("w+b") as file:
        copy_export(record.dataset.folder, file)
    write_corrections(folder)
    return {"corrects": {"lock": record.number, "root": record.root, "file": RECORD_FILE}}


def write_corrections(folder: Path) -> None:
    """The rows that differ, value by value."""
    listed = TableFile(folder, CORRECTIONS)
    with zipfile.ZipFile(folder / RECORD_FILE) as archive:
        listed.write(written_changes(TABLES, archive, folder))
    listed.file.close()
