"""What a dataset rests on is checked before it is built: the campaign's rows, its chains and the pictures read."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import QuerySet

from audit.verify_trial import verify_trial
from config.wording import counted
from jobs.lease import Lease
from reading.campaigns.opening import identities
from reading.models import (
    Batch,
    Campaign,
    Case,
    Charter,
    DisplayedFilm,
    DisplayedTimepoint,
    ItemNote,
    ItemScore,
    Read,
    ReadReturn,
    ReadStep,
    SealedCase,
    SealedRead,
    SealedTimepoint,
    SignedValues,
)
from scoring.models import CaseResult
from studies.arrival.stored_files import altered_bands
from studies.models import Film, MaskSet, ReaderImage, Rendition, Site, Subject, Visit, VisitPlan
from studies.sealed_links import fault_of, image_index, renditions_of

NAMED = 5


class NotIntact(RuntimeError):
    """Rows, chains or files of the campaign differ from what the audit trail recorded; the text names them."""


def demand_intact(campaign: Campaign, lease: Lease) -> None:
    """NotIntact when anything that the dataset rests on is not as it was recorded."""
    lease.progress(0, 1, "checking the campaign's records against the audit trail")
    records = records_of(campaign)
    rows = {kept.model._meta.db_table: kept.values_list("pk", flat=True).order_by("pk").iterator() for kept in records}
    found = [f"{finding.fault}: {finding}" for finding in verify_trial(campaign.trial.code, rows).findings]
    found += altered_files(campaign, lease)
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise NotIntact(
            f"{counted(len(found), 'record or file', 'records or files')} of this trial differ from the audit trail."
            f" {'; '.join(found[:NAMED])}{more}. Ask an administrator to run verify_audit."
        )


def records_of(campaign: Campaign) -> list[QuerySet[Any]]:
    """Every row that the dataset rests on, by table."""
    cases, images = Case.objects.filter(campaign=campaign), images_of(campaign)
    reads = Read.objects.filter(case__campaign=campaign)
    timepoints = DisplayedTimepoint.objects.filter(step__read__in=reads)
    renditions = Rendition.objects.filter(index__in=[image_index(key) for key in images])
    films = Film.objects.filter(renditions__in=renditions)
    subjects = Subject.objects.filter(films__in=films).distinct()
    return [
        Campaign.objects.filter(pk=campaign.pk),
        Charter.objects.filter(pk=campaign.charter_id),
        Batch.objects.filter(campaign=campaign),
        cases,
        reads,
        ReadStep.objects.filter(read__in=reads),
        timepoints,
        DisplayedFilm.objects.filter(timepoint__in=timepoints),
        ItemScore.objects.filter(timepoint__in=timepoints),
        ItemNote.objects.filter(timepoint__in=timepoints),
        SignedValues.objects.filter(step__read__in=reads),
        ReadReturn.objects.filter(read__in=reads),
        SealedCase.objects.filter(case__in=cases),
        SealedRead.objects.filter(read__in=reads),
        SealedTimepoint.objects.filter(timepoint__in=timepoints),
        CaseResult.objects.filter(case__in=cases),
        renditions,
        films,
        MaskSet.objects.filter(film__in=films),
        subjects,
        Visit.objects.filter(subject__in=subjects),
        VisitPlan.objects.filter(trial=campaign.trial),
        Site.objects.filter(trial=campaign.trial),
    ]


def images_of(campaign: Campaign) -> list[str]:
    """The keys of the reader images of the campaign's cases; none when a seal was altered, which the rows show."""
    try:
        frozen = identities(list(campaign.cases.all()))
    except (InvalidTag, KeyError, ValueError):
        return []
    return sorted({key for case in frozen.values() for one in case.timepoints for key in one.images.values()})


def altered_files(campaign: Campaign, lease: Lease) -> list[str]:
    """The pictures shown to readers that are missing or not as they were stored, by the name of the file."""
    found, keys = [], images_of(campaign)
    for done, image in enumerate(ReaderImage.objects.filter(pk__in=keys).only("bands").order_by("pk").iterator()):
        lease.progress(done, len(keys), "checking the pictures that were read")
        found += altered_bands(image)
    for rendition in renditions_of(keys).values():
        if fault := fault_of(rendition):
            found.append(f"altered row: studies_rendition {rendition.pk}: {fault}")
    return found
