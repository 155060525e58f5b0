"""Building a dataset: recomputed from signed values, compared with the stored results, written as one package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.transitions import moved
from jobs.queue import Lease, add
from jobs.work_folders import work_folder
from reading.models import Campaign, CampaignStatus
from reading.states import again_if_same, said_of
from scoring.cdisc.xport import NotTransferable
from scoring.consensus.signed_series import AlteredValues
from scoring.datasets.case_rows import ResultDiffers
from scoring.datasets.corrections import deliver_record, takes_corrections
from scoring.datasets.documents import write_documents
from scoring.datasets.evidence import NotIntact, demand_intact
from scoring.datasets.loading import case_order
from scoring.datasets.package import seal_folder, zip_folder
from scoring.datasets.readme import describe
from scoring.datasets.row_diff import diff_against_last_lock
from scoring.datasets.transfer_facts import CampaignTransfer, transfer_of
from scoring.datasets.writing import CaseSource, Rows, write_cases
from scoring.endpoint.analysis_rows import analysis_of
from scoring.endpoint.event_lists import event_rows, newest_events
from scoring.models import DATASET_TRANSITIONS, Dataset, DatasetStatus
from scoring.reader_codes import reader_codes
from studies.arrival.sealed_files import keep_export


def request_dataset(*, campaign: Campaign, actor: Actor) -> Dataset:
    """Requests a dataset of a closed campaign, or of one whose lock is the analysis of record; a job builds it."""
    authorise(actor, Action.BUILD_DATASET)
    if campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is for training, so no dataset is built from it.")
    if campaign.status != CampaignStatus.CLOSED and not takes_corrections(campaign):
        allowed = "A dataset can be built only from a campaign that is closed and not locked."
        raise WrongState(f"{said_of(campaign)} {allowed}")
    with audited_atomic():
        number = Dataset.objects.filter(campaign=campaign).count() + 1
        dataset = Dataset.objects.create(campaign=campaign, number=number, events=newest_events(campaign))
        add(kind="scoring.dataset", key=f"dataset-{dataset.pk}", payload={"dataset": dataset.pk})
        record(
            action="scoring.dataset.requested",
            actor=actor,
            stream=campaign.trial.code,
            subject=("scoring.dataset", str(dataset.pk)),
            details=named(dataset),
            tracked=[dataset],
        )
    return dataset


def named(dataset: Dataset) -> dict[str, object]:
    """The name of the dataset in the audit trail."""
    return {"campaign": dataset.campaign.code, "number": dataset.number}


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Builds {"dataset": id}. The build fails if anything on which it depends differs from what was recorded."""
    dataset = asked_for(payload)
    if dataset.status != DatasetStatus.BUILDING:
        return
    with work_folder() as folder:
        try:
            demand_intact(dataset.campaign, lease, payload)
            built = build(dataset, folder, lease)
        except (ResultDiffers, AlteredValues, NotIntact, NotTransferable) as fault:
            fail(dataset, lease, str(fault))
            return
    with audited_atomic():
        lease.finish()
        move_dataset(dataset, DatasetStatus.BUILT, built_at=timezone.now(), **built)
        record(
            action="scoring.dataset.built",
            actor=Actor.system("datasets"),
            stream=dataset.campaign.trial.code,
            subject=("scoring.dataset", str(dataset.pk)),
            changes={"status": [DatasetStatus.BUILDING, DatasetStatus.BUILT]},
            details={**named(dataset), "root": built["root"], "rows": built["counts"]["rows"]},
            tracked=[dataset],
        )


def build(dataset: Dataset, work: Path, lease: Lease) -> dict[str, Any]:
    """Writes the package and stores its zip; returns root, folder and counts."""
    name = package_name(dataset)
    folder = work / name
    folder.mkdir()
    analysis = analysis_of(dataset.campaign, dataset.events)
    shared = transfer_of(dataset.campaign, analysis)
    rows, transferred = write_tables(dataset, folder, lease, shared)
    facts = describe(dataset.campaign, rows, transferred, shared, dataset.events) | deliver_record(dataset, folder)
    write_documents(folder, facts, shared)
    root = seal_folder(folder, facts)
    diff = diff_against_last_lock(dataset, folder)
    zip_folder(folder, work / f"{name}.zip")
    stored = f"datasets/{dataset.pk}/{root}.zip"
    if not storages["exports"].exists(stored):
        keep_export(work / f"{name}.zip", stored)
    return {"root": root, "folder": stored, "counts": {"rows": rows, "diff": diff}}


def package_name(dataset: Dataset) -> str:
    """The folder's name: trial, campaign and number."""
    return f"{dataset.campaign.trial.code}-{dataset.campaign.code}-{dataset.number}"


def write_tables(dataset: Dataset, folder: Path, lease: Lease, shared: CampaignTransfer) -> tuple[Rows, Rows]:
    """Writes every case's rows in the order of the subjects' codes; returns rows by table and by CDISC file."""
    source = CaseSource(case_order(dataset.campaign), reader_codes(dataset.campaign), shared)
    return write_cases(source, folder, lease, event_rows(dataset))


def asked_for(payload: dict[str, Any]) -> Dataset:
    """The dataset of {"dataset": id}."""
    found = Dataset.objects.select_related("campaign__trial", "campaign__charter", "events")
    return found.get(pk=payload["dataset"])


def fail(dataset: Dataset, lease: Lease, reason: str) -> None:
    """Marks the dataset as failed: stored values differ from what was signed."""
    with audited_atomic():
        lease.finish()
        mark_failed(dataset, reason)


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Marks the dataset as failed because its job gave up."""
    dataset = asked_for(payload)
    if dataset.status == DatasetStatus.BUILDING:
        mark_failed(dataset, f"{says} Nothing was lost. Build another dataset once this is resolved.")


def mark_failed(dataset: Dataset, reason: str) -> None:
    """The dataset with the reason why it failed; called inside a transaction."""
    with audited_atomic():
        move_dataset(dataset, DatasetStatus.FAILED, failure=reason[:1000])
        record(
            action="scoring.dataset.failed",
            actor=Actor.system("datasets"),
            stream=dataset.campaign.trial.code,
            subject=("scoring.dataset", str(dataset.pk)),
            changes={"status": [DatasetStatus.BUILDING, DatasetStatus.FAILED]},
            details=named(dataset),
            reason=reason,
            tracked=[dataset],
        )


def discard_dataset(*, dataset: Dataset, actor: Actor) -> None:
    """Discards a dataset that was not locked."""
    authorise(actor, Action.BUILD_DATASET)
    with audited_atomic():
        before = dataset.status
        move_dataset(dataset, DatasetStatus.DISCARDED)
        record(
            action="scoring.dataset.discarded",
            actor=actor,
            stream=dataset.campaign.trial.code,
            subject=("scoring.dataset", str(dataset.pk)),
            changes={"status": [before, DatasetStatus.DISCARDED]},
            details=named(dataset),
            tracked=[dataset],
        )


def record_download(*, dataset: Dataset, actor: Actor) -> None:
    """Records in the audit trail that a person downloaded a copy."""
    authorise(actor, Action.DOWNLOAD_DATASET)
    with audited_atomic():
        record(
            action="scoring.dataset.downloaded",
            actor=actor,
            stream=dataset.campaign.trial.code,
            subject=("scoring.dataset", str(dataset.pk)),
            details={**named(dataset), "root": dataset.root},
        )


DATASET_IS: dict[str, str] = {
    DatasetStatus.BUILDING: "is still being built",
    DatasetStatus.BUILT: "is built, and no lock has been requested",
    DatasetStatus.LOCK_REQUESTED: "is waiting for its second signer",
    DatasetStatus.LOCKED: "is locked",
    DatasetStatus.FAILED: "could not be built",
    DatasetStatus.DISCARDED: "has been discarded",
}
DATASET_BECOMES: dict[str, str] = {
    DatasetStatus.BUILT: "built",
    DatasetStatus.LOCK_REQUESTED: "submitted for locking",
    DatasetStatus.LOCKED: "locked",
    DatasetStatus.FAILED: "marked as failed",
    DatasetStatus.DISCARDED: "discarded",
}


def said_of_dataset(dataset: Dataset) -> str:
    """The dataset and its state, as the first sentence of a refusal.

    >>> said_of_dataset(Dataset(number=2, status="locked"))
    'Dataset 2 is locked.'
    """
    return f"Dataset {dataset.number} {DATASET_IS[dataset.status]}."


def move_dataset(dataset: Dataset, to: DatasetStatus, **changes: object) -> None:
    """The dataset's next state, along DATASET_TRANSITIONS."""
    if not moved(dataset, to, DATASET_TRANSITIONS, **changes):
        raise WrongState(
            f"{said_of_dataset(dataset)} It cannot be {DATASET_BECOMES[to]}{again_if_same(dataset.status, to)}."
        )
