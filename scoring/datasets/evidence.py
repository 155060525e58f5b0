"""Checks the basis of a dataset before it is built: records and chains of the campaign, its pictures and originals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import Q, QuerySet

from accounts.models import Signature
from audit.verify_trial import verify_trial
from config.wording import counted
from jobs.lease import Lease
from reading.campaigns.case_seals import identities
from reading.charter.versions import charters_of
from reading.models import (
    Batch,
    Campaign,
    Case,
    DisplayedFilm,
    DisplayedTimepoint,
    FilmLook,
    FilmServed,
    ImageProblem,
    ItemNote,
    ItemScore,
    Read,
    ReadReturn,
    ReadStep,
    SealedCase,
    SealedRead,
    SealedSeed,
    SealedTimepoint,
    SignedValues,
)
from scoring.models import CaseResult, EventList
from studies.arrival.stored_files import altered_bands, fault_of_original
from studies.models import Film, MaskSet, ReaderImage, Rendition, Site, Subject, Trial, Visit, VisitPlan
from studies.sealed_links import fault_of, image_index, renditions_of

NAMED = 5
AT_ONCE = 100
PICTURES, ORIGINALS = "pictures checked", "originals checked"


@dataclass(frozen=True)
class FileCheck:
    """One kind of stored file: the words for it, its records, what finds their faults, and where progress is kept."""

    what: str
    keys: Callable[[Campaign], list[Any]]
    faults: Callable[[Any], list[str]]
    kept: str


class NotIntact(RuntimeError):
    """Rows, chains or files of the campaign differ from what the audit trail recorded; the text names them."""


def demand_intact(campaign: Campaign, lease: Lease, payload: dict[str, Any]) -> None:
    """NotIntact if anything on which the dataset depends is not as it was recorded.

    An attempt after a kill verifies every row again and continues with the files where the last attempt stopped.
    """
    lease.progress(0, 1, "checking the campaign's records against the audit trail")
    records = records_of(campaign)
    rows = {kept.model._meta.db_table: kept.values_list("pk", flat=True).order_by("pk").iterator() for kept in records}
    found = [f"{finding.fault}: {finding}" for finding in verify_trial(campaign.trial.code, rows).findings]
    for check in FILE_CHECKS:
        found += faults_of_files(campaign, check, lease, payload)
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise NotIntact(
            f"{counted(len(found), 'record or file', 'records or files')} of this trial differ from the audit trail."
            f" {'; '.join(found[:NAMED])}{more}. Ask an administrator to run verify_audit."
        )


def records_of(campaign: Campaign) -> list[QuerySet[Any]]:
    """Every row on which the dataset depends, by table."""
    return [*rules_and_results(campaign), *what_was_read(campaign), *what_was_filmed(campaign)]


def rules_and_results(campaign: Campaign) -> list[QuerySet[Any]]:
    """The campaign with its trial, charter versions, batches and cases, and the results of the cases."""
    cases = Case.objects.filter(campaign=campaign)
    return [
        Trial.objects.filter(pk=campaign.trial_id),
        Campaign.objects.filter(pk=campaign.pk),
        charters_of(campaign),
        Batch.objects.filter(campaign=campaign),
        SealedSeed.objects.filter(batch__campaign=campaign),
        cases,
        SealedCase.objects.filter(case__in=cases),
        CaseResult.objects.filter(case__in=cases),
        EventList.objects.filter(campaign=campaign),
    ]


def what_was_read(campaign: Campaign) -> list[QuerySet[Any]]:
    """The reads with what was shown, entered and signed; with the signatures of charter versions and amendments."""
    reads = Read.objects.filter(case__campaign=campaign)
    timepoints = DisplayedTimepoint.objects.filter(step__read__in=reads)
    shown = DisplayedFilm.objects.filter(timepoint__in=timepoints)
    signed, returns = SignedValues.objects.filter(step__read__in=reads), ReadReturn.objects.filter(read__in=reads)
    amended = Q(record_kind="reading.campaign", record_id=str(campaign.pk))
    under_records = Q(pk__in=under(signed)) | Q(pk__in=under(returns)) | Q(pk__in=under(charters_of(campaign)))
    under_records |= Q(pk__in=charters_of(campaign).order_by().values("approval"))
    return [
        reads,
        SealedRead.objects.filter(read__in=reads),
        ReadStep.objects.filter(read__in=reads),
        timepoints,
        SealedTimepoint.objects.filter(timepoint__in=timepoints),
        shown,
        FilmServed.objects.filter(film__in=shown),
        FilmLook.objects.filter(film__in=shown),
        ImageProblem.objects.filter(read__in=reads),
        ItemScore.objects.filter(timepoint__in=timepoints),
        ItemNote.objects.filter(timepoint__in=timepoints),
        signed,
        returns,
        Signature.objects.filter(amended | under_records),
    ]


def what_was_filmed(campaign: Campaign) -> list[QuerySet[Any]]:
    """The films behind the images of the cases, with their subjects, visits and sites."""
    renditions = Rendition.objects.filter(index__in=[image_index(key) for key in images_of(campaign)])
    films = Film.objects.filter(renditions__in=renditions)
    subjects = Subject.objects.filter(films__in=films).distinct()
    return [
        renditions,
        films,
        MaskSet.objects.filter(film__in=films),
        subjects,
        Visit.objects.filter(subject__in=subjects),
        VisitPlan.objects.filter(trial=campaign.trial),
        Site.objects.filter(trial=campaign.trial),
    ]


def under(records: QuerySet[Any]) -> QuerySet[Any]:
    """The keys of the signatures under these records."""
    return records.order_by().values("signature")


def images_of(campaign: Campaign) -> list[str]:
    """The keys of the reader images of the campaign's cases; none if a seal was altered, which the rows show."""
    try:
        frozen = identities(list(campaign.cases.all()))
    except (InvalidTag, KeyError, ValueError):
        return []
    return sorted({key for case in frozen.values() for one in case.timepoints for key in one.images.values()})


def originals_of(campaign: Campaign) -> list[int]:
    """The keys of the films behind the images of the campaign's cases whose originals are stored."""
    renditions = Rendition.objects.filter(index__in=[image_index(key) for key in images_of(campaign)])
    films = Film.objects.filter(renditions__in=renditions).exclude(original_file="")
    return sorted(set(films.values_list("pk", flat=True)))


def faults_of_files(campaign: Campaign, check: FileCheck, lease: Lease, payload: dict[str, Any]) -> list[str]:
    """The files of one kind that are missing or not as stored; progress is kept in the job."""
    found, keys = list[str](), check.keys(campaign)
    left = [key for key in keys if check.kept not in payload or key > payload[check.kept]]
    for start in range(0, len(left), AT_ONCE):
        lease.progress(len(keys) - len(left) + start, len(keys), f"checking {check.what}")
        some = left[start : start + AT_ONCE]
        found += check.faults(some)
        if not found:
            payload[check.kept] = some[-1]
            lease.keep(payload)
    return found


def altered_originals(keys: Sequence[int]) -> list[str]:
    """The faults of the originals of these films, in words."""
    checked = {film.pk: fault_of_original(film) for film in Film.objects.filter(pk__in=keys).order_by("pk")}
    return [f"altered file: studies_film {key}: {fault}" for key, fault in checked.items() if fault]


def faults_in(keys: Sequence[str]) -> list[str]:
    """The faults of the files and rows of these pictures, in words."""
    found = [fault for image in ReaderImage.objects.only("bands").filter(pk__in=keys) for fault in altered_bands(image)]
    images = whole_images(keys)
    for rendition in renditions_of(keys).values():
        if fault := fault_of(rendition, images):
            found.append(f"altered row: studies_rendition {rendition.pk}: {fault}")
    return found


def whole_images(keys: Sequence[str]) -> dict[str, ReaderImage] | None:
    """The rows of these pictures; None if a sealed value of one was altered, so that each is checked alone."""
    try:
        return ReaderImage.objects.in_bulk(list(keys))
    except (InvalidTag, ValueError):
        return None


FILE_CHECKS = (
    FileCheck("the pictures that were read", images_of, faults_in, PICTURES),
    FileCheck("the originals of the films", originals_of, altered_originals, ORIGINALS),
)
