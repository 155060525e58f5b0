"""From the last read to the report by arm: events, dataset, lock, verification, and returned results."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import numpy as np
from django.core.management import call_command

from reading.campaigns.opening import close_campaign
from reading.models import CampaignStatus
from rehearsal.demo.people import PASSWORD
from rehearsal.trial.courses import NEVER
from rehearsal.whole.arms import planted
from rehearsal.whole.planning import Play
from rehearsal.whole.stages import campaign_of, settle
from scoring.datasets import verifier
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.endpoint.event_lists import import_events, newest_events
from scoring.models import Dataset, DatasetStatus
from studies.arrival.sealed_files import copy_export

DATASET, ARMS, REPORT = "dataset.zip", "arms.csv", "by-arm"
PERMUTATIONS = 500


def close(play: Play) -> None:
    """Closes the campaign and imports the rescues; switches of a whole arm would reveal the arm and are left out."""
    campaign, actor = campaign_of(play), play.actor("statistician")
    if campaign.status == CampaignStatus.OPEN:
        close_campaign(campaign=campaign, actor=play.actor("coordinator"))
        campaign.refresh_from_db()
    text = events_text(play)
    if campaign.status == CampaignStatus.CLOSED and text and newest_events(campaign) is None:
        import_events(campaign=campaign, actor=actor, user=play.user("statistician"), text=text)


def events_text(play: Play) -> str:
    """The rescues as the statistician's file; empty without one."""
    courses = play.courses
    rescued = np.flatnonzero((courses.event_week < NEVER) & ~courses.switched).tolist()
    lines = [f"{play.subjects[at].code},rescue,{play.event_day(at).isoformat()},simulated\n" for at in rescued]
    return "".join(["subject,kind,date,source\n", *lines]) if lines else ""


def build(play: Play) -> None:
    """The dataset, built by its job."""
    campaign = campaign_of(play)
    if current_dataset(play) is None:
        request_dataset(campaign=campaign, actor=play.actor("statistician"))
    settle(play)


def current_dataset(play: Play) -> Dataset | None:
    """The newest dataset that was not discarded."""
    found = Dataset.objects.filter(campaign=campaign_of(play)).exclude(status=DatasetStatus.DISCARDED)
    return found.order_by("-number").first()


def dataset_of(play: Play) -> Dataset:
    """The dataset that an earlier stage has built."""
    found = current_dataset(play)
    if found is None or found.status == DatasetStatus.FAILED:
        raise RuntimeError(f"The dataset of the rehearsal was not built. {found.failure if found else ''}")
    return found


def lock(play: Play) -> None:
    """Two people lock it."""
    dataset = dataset_of(play)
    for status, who, act in (
        (DatasetStatus.BUILT, "statistician", request_lock),
        (DatasetStatus.LOCK_REQUESTED, "signer", confirm_lock),
    ):
        if dataset.status == status:
            act(dataset=dataset, actor=play.actor(who), user=play.user(who), password=PASSWORD)
            dataset.refresh_from_db()


def download(play: Play, out: Path) -> Path:
    """The locked dataset, unpacked and verified against the root that was signed."""
    dataset = dataset_of(play)
    with (out / DATASET).open("w+b") as file:
        copy_export(dataset.folder, file)
        with zipfile.ZipFile(file) as packed:
            packed.extractall(out)
            folder = out / packed.namelist()[0].split("/")[0]
    faults = verifier.verify(folder, dataset.root)
    if faults:
        raise RuntimeError(f"The dataset of the rehearsal does not verify: {'; '.join(faults)}")
    return folder


def report_by_arm(play: Play, out: Path) -> None:
    """The offline report; the arms come from outside the database, as in a trial. An earlier report is replaced."""
    shutil.rmtree(out / REPORT, ignore_errors=True)
    names = [arm.name for arm in play.design.arms]
    with (out / ARMS).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "arm"])
        writer.writerows(planted(play))
    options = ["--arms", str(out / ARMS), "--reference", names[0], "--permutations", str(PERMUTATIONS)]
    call_command("endpoint", str(out / DATASET), *options, "--allow-unread", "--out", str(out / REPORT))
