"""The job that builds a transfer: scrambled tables for a test, listings for a review, or the locked package."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.utils import timezone

from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from config.unnamed_files import on_disk
from jobs.queue import Lease
from jobs.work_folders import work_folder
from reading.campaigns.case_seals import identities
from scoring.cdisc.xport import NotTransferable
from scoring.consensus.signed_series import AlteredValues
from scoring.datasets import verifier
from scoring.datasets.case_rows import ResultDiffers
from scoring.datasets.columns import DatasetTable
from scoring.datasets.documents import write_documents
from scoring.datasets.package import seal_folder, zip_folder
from scoring.datasets.readme import describe
from scoring.datasets.row_diff import counted_diffs
from scoring.datasets.tables import TABLES
from scoring.datasets.transfer_facts import transfer_of
from scoring.datasets.writing import CaseSource, write_cases
from scoring.endpoint.analysis_rows import planned_analysis
from scoring.models import DataTransfer, Lock, Purpose, TransferStatus
from scoring.reader_codes import reader_codes
from scoring.transfers.asking import move_transfer, record_event
from scoring.transfers.cuts import cut_in_words, demand_still_whole
from scoring.transfers.listing_tables import LISTINGS
from scoring.transfers.review_package import write_listings, write_readme
from scoring.transfers.scrambling import Scramble
from studies.arrival.sealed_files import copy_export, keep_export
from studies.models import Subject
from studies.sealing_key import index_of

ACTOR = Actor.system("transfers")
FAULTS = (ResultDiffers, AlteredValues, NotTransferable, WrongState)
TEST_HEADING = """# TEST DATA: scrambled subjects and values

No row of this package is real. Every grade was drawn from the seed in `manifest.json`, not from what readers saw, and
entries are shown as if made by key one after another. Subjects, sites, case numbers, tokens and days were replaced with
a key that stays on the server, so the true ones cannot be computed from this package. Only the structure is that of the
trial: visits, films that are absent, readings and revisions. Use it to test programs, and never for a result.

Cut: {cut_in_words}. Cases: {cases} of {campaign_cases}.

"""


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Builds {"transfer": id}."""
    transfer = asked_for(payload)
    if transfer.status != TransferStatus.BUILDING:
        return
    with work_folder() as folder:
        try:
            built = build(transfer, folder, lease)
        except FAULTS as fault:
            with audited_atomic():
                lease.finish()
                mark_failed(transfer, str(fault))
            return
    with audited_atomic():
        lease.finish()
        move_transfer(transfer, TransferStatus.READY, built_at=timezone.now(), **built)
        record_event("scoring.transfer.built", transfer, ACTOR)


def asked_for(payload: dict[str, Any]) -> DataTransfer:
    """The transfer of {"transfer": id}."""
    found = DataTransfer.objects.select_related(
        "campaign__trial", "campaign__charter", "recipient", "before", "lock__dataset"
    )
    return found.get(pk=payload["transfer"])


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Marks the transfer as failed because its job gave up."""
    transfer = asked_for(payload)
    if transfer.status == TransferStatus.BUILDING:
        mark_failed(transfer, f"{says} Nothing was lost. Ask for another transfer once this is resolved.")


def mark_failed(transfer: DataTransfer, reason: str) -> None:
    """The transfer with the reason why it failed."""
    with audited_atomic():
        move_transfer(transfer, TransferStatus.FAILED, failure=reason[:1000])
        record_event("scoring.transfer.failed", transfer, ACTOR, reason=transfer.failure)


def build(transfer: DataTransfer, work: Path, lease: Lease) -> dict[str, Any]:
    """Writes or unpacks the package; returns root, folder and counts."""
    if transfer.lock is not None:
        return of_lock(transfer, transfer.lock, work)
    demand_still_whole(transfer)
    folder = work / package_name(transfer)
    folder.mkdir()
    write = write_test if transfer.purpose == Purpose.TEST else write_review
    rows, facts = write(transfer, folder, lease)
    demand_still_whole(transfer)
    root = seal_folder(folder, facts)
    zip_folder(folder, work / "package.zip")
    stored = f"transfers/{transfer.pk}/{root}.zip"
    if not storages["exports"].exists(stored):
        keep_export(work / "package.zip", stored)
    return {"root": root, "folder": stored, "counts": {"rows": rows, "diff": diff_of(transfer, folder)}}


def package_name(transfer: DataTransfer) -> str:
    """The folder's name; that of a test states that it is scrambled."""
    campaign = transfer.campaign
    scrambled = "-SCRAMBLED" if transfer.purpose == Purpose.TEST else ""
    return f"{campaign.trial.code}-{campaign.code}-transfer-{transfer.number}-{transfer.purpose.upper()}{scrambled}"


def tables_of(transfer: DataTransfer) -> Sequence[DatasetTable]:
    """The tables of its package that are compared with those of the previous transfer."""
    return LISTINGS if transfer.purpose == Purpose.REVIEW else TABLES


def diff_of(transfer: DataTransfer, folder: Path) -> dict[str, Any]:
    """The rows that differ from the previous transfer of the same purpose; empty for the first."""
    if transfer.before is None:
        return {}
    return {
        "against transfer": transfer.before.number,
        "tables": counted_diffs(transfer.before.folder, folder, tables_of(transfer)),
    }


def facts_of(transfer: DataTransfer) -> dict[str, Any]:
    """The manifest's entry about the transfer itself."""
    return {
        "number": transfer.number,
        "purpose": transfer.purpose,
        "recipient": str(transfer.recipient),
        "cut": transfer.cut,
        "cut_in_words": cut_in_words(transfer.cut),
        "cases": len(transfer.cases),
        "campaign_cases": transfer.cut["campaign_cases"],
    }


def write_test(transfer: DataTransfer, folder: Path, lease: Lease) -> tuple[dict[str, int], dict[str, Any]]:
    """The tables of a dataset over the cut, with every case scrambled; no event and no smallest detectable change."""
    scramble = scramble_of(transfer)
    shared = transfer_of(transfer.campaign, planned_analysis(transfer.campaign))
    cut = set(transfer.cases)
    order = [case for case in scramble.order if case in cut]
    source = CaseSource(order, reader_codes(transfer.campaign), shared, scramble)
    rows, transferred = write_cases(source, folder, lease)
    facts = describe(transfer.campaign, rows, transferred, shared) | facts_of(transfer)
    facts["scrambled"] = {
        "seed": transfer.seed,
        "values": "drawn from the seed, none is a true one",
        "names": "by a key that stays on the server",
    }
    write_documents(folder, facts, shared)
    readme = folder / "README.md"
    readme.write_text(TEST_HEADING.format(**facts) + readme.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    return rows, facts


def scramble_of(transfer: DataTransfer) -> Scramble:
    """The scramble of every case of the campaign."""
    cases = list(transfer.campaign.cases.all())
    subjects = dict(Subject.objects.filter(trial=transfer.campaign.trial).values_list("pk", "site"))
    return Scramble(
        bytes.fromhex(transfer.seed),
        bytes.fromhex(index_of(f"{transfer.campaign_id} {transfer.seed}", purpose="test transfer")),
        {case: (one.subject, subjects[one.subject]) for case, one in identities(cases).items()},
        frozenset(case.pk for case in cases if case.replaces_id is not None),
    )


def write_review(transfer: DataTransfer, folder: Path, lease: Lease) -> tuple[dict[str, int], dict[str, Any]]:
    """The listings of a review over the cut."""
    campaign = transfer.campaign
    shared = transfer_of(campaign, None)
    rows = write_listings(transfer, folder, lease, shared)
    facts = {"trial": campaign.trial.code, "campaign": campaign.code, "rows": rows} | facts_of(transfer)
    write_readme(folder, facts)
    return rows, facts


def of_lock(transfer: DataTransfer, lock: Lock, work: Path) -> dict[str, Any]:
    """The package of the lock, verified by its root, with the rows that differ from the previous transfer."""
    with on_disk() as file:
        copy_export(lock.dataset.folder, file)
        with zipfile.ZipFile(file) as packed:
            packed.extractall(work / "locked")
    (folder,) = (work / "locked").iterdir()
    if faults := verifier.verify(folder, lock.root):
        raise WrongState(f"The package of lock {lock.number} is not what was locked: {'; '.join(faults[:3])}.")
    counts = {"rows": lock.dataset.counts["rows"], "diff": diff_of(transfer, folder)}
    return {"root": lock.root, "folder": lock.dataset.folder, "counts": counts}
