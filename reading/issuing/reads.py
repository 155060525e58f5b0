"""The job that turns assignments into reads: everything is drawn first, then written in pieces, so that it can resume.

Readers see no read before all are written: a batch appears completely or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from audit.trail import Actor, audited_atomic, record
from jobs.queue import Lease
from reading.campaigns.case_seals import identities
from reading.capture_chains import begun, ended
from reading.charter.versions import terms_of
from reading.issuing.allocation import Assignment
from reading.issuing.drawing import DrawnStep, DrawnTimepoint, draw_steps
from reading.issuing.numbers import draw_numbers
from reading.issuing.planned_reads import DrawnPlaces, PlannedRead, draw_places, plan_reads, still_free, still_wanted
from reading.issuing.seeds import open_seed
from reading.issuing.suspensions import away_from
from reading.models import (
    Batch,
    Case,
    CaseStatus,
    DisplayedFilm,
    DisplayedTimepoint,
    Read,
    ReadKind,
    ReadStatus,
    ReadStep,
    SealedRead,
    SealedTimepoint,
)
from reading.room.films import digests_of_images
from reading.seals import seal

ACTOR = Actor.system("issuing")
PIECE = 50


@dataclass(frozen=True)
class DrawnRead:
    """A planned read with its steps."""

    plan: PlannedRead
    steps: tuple[DrawnStep, ...]


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Issues the reads of {"batch": id, "assignments": [[case, reader, kind], ...]}.

    The tokens drawn for more reads than one piece are kept in the job before the first is written.
    """
    batch = Batch.objects.select_related("campaign__trial", "campaign__charter").get(pk=payload["batch"])
    kept = [PlannedRead.from_json(one) for one in payload.get("planned", [])]
    planned = kept or plan_of(batch, [Assignment(*triple) for triple in payload["assignments"]])
    if len(planned) <= PIECE:
        issue_at_once(batch, planned, lease)
        return
    if not kept:
        lease.keep({**payload, "planned": [one.as_json() for one in planned]})
    issue_in_pieces(batch, planned, lease)


def plan_of(batch: Batch, assignments: Sequence[Assignment]) -> list[PlannedRead]:
    """The reads of these assignments that are still wanted, with new tokens."""
    with audited_atomic():
        wanted = still_wanted(assignments, most_readers(batch))
    frozen = identities(list(Case.objects.filter(pk__in={one.case for one in wanted})))
    return plan_reads(terms_of(batch.campaign.charter).presentation, wanted, frozen)


def most_readers(batch: Batch) -> int | None:
    """How many primary readers a case has; any number in training."""
    return None if batch.campaign.trains else terms_of(batch.campaign.charter).readers_per_case


def places_of(batch: Batch, planned: Sequence[PlannedRead]) -> DrawnPlaces:
    """Queues, positions and repeats of these reads."""
    return draw_places(open_seed(batch), planned, terms_of(batch.campaign.charter).repeats_share)


def issue_at_once(batch: Batch, planned: Sequence[PlannedRead], lease: Lease) -> None:
    """Writes a few reads and issues them in one transaction, except those of cases voided in the meantime."""
    drawn = draw_reads(batch, planned)
    with audited_atomic():
        lease.finish()
        wanted = still_wanted([one.plan.assignment for one in drawn], most_readers(batch))
        if left := [one for one in drawn if one.plan.assignment in wanted]:
            third = all(one.plan.assignment.kind == ReadKind.ADJUDICATION for one in left)
            action = "reading.adjudication.issued" if third else "reading.batch.issued"
            write_reads(batch, left, places_of(batch, [one.plan for one in left]), ReadStatus.ISSUED, action)


def issue_in_pieces(batch: Batch, planned: Sequence[PlannedRead], lease: Lease) -> None:
    """Writes the reads that are not written yet, each piece in its own transaction, then shows all of them."""
    places = places_of(batch, planned)
    queues = set(places.queues.values())
    written = set(Read.objects.filter(queue__in=queues).values_list("token", flat=True))
    left = [one for one in planned if one.token not in written]
    for start in range(0, len(left), PIECE):
        lease.progress(len(written) + start, len(planned), "issuing reads")
        drawn = draw_reads(batch, left[start : start + PIECE])
        with audited_atomic():
            lease.checkpoint()
            free = still_free([one.plan.assignment for one in drawn], most_readers(batch))
            if drawn := [one for one in drawn if one.plan.assignment in free]:
                write_reads(batch, drawn, places, ReadStatus.DRAWN, "reading.batch.drawn")
    show_to_readers(batch, queues, lease)


def show_to_readers(batch: Batch, queues: Collection[str], lease: Lease) -> None:
    """Issues every read that was written; ends those of cases voided or stopped, and of readers suspended, since then.

    Nobody has seen these reads.
    """
    drawn = Read.objects.filter(queue__in=queues, status=ReadStatus.DRAWN)
    with audited_atomic():
        lease.finish()
        list(Case.objects.select_for_update().filter(pk__in=drawn.values("case")).order_by("pk").values_list("pk"))
        reads = list(drawn.select_related("case__campaign__trial").order_by("pk"))
        away = away_from(batch.campaign)
        voided = [read for read in reads if is_over(read.case) or read.reader_id in away]
        drawn.filter(pk__in=[read.pk for read in voided]).update(status=ReadStatus.VOIDED)
        drawn.update(status=ReadStatus.ISSUED)
        record(
            action="reading.batch.issued",
            actor=ACTOR,
            stream=batch.campaign.trial.code,
            subject=("reading.batch", str(batch.pk)),
            details={"name": batch.name, "reads": len(reads) - len(voided), "commitment": batch.commitment},
            tracked=reads,
            chains=ended(voided),
        )


def is_over(case: Case) -> bool:
    """Whether nobody reads the case any more."""
    return case.status == CaseStatus.VOIDED or case.consent_withdrawn


def draw_reads(batch: Batch, planned: Sequence[PlannedRead]) -> list[DrawnRead]:
    """Everything that will be stored for these reads, with the digests of every band under its film's token."""
    presentation, seed = terms_of(batch.campaign.charter).presentation, open_seed(batch)
    frozen = identities(list(Case.objects.filter(pk__in={one.assignment.case for one in planned})))
    shown = [timepoint for films in frozen.values() for timepoint in films.timepoints]
    digests = digests_of_images({key for timepoint in shown for key in timepoint.images.values()})
    return [
        DrawnRead(one, draw_steps(presentation, seed, one.token, frozen[one.assignment.case], digests, one.steps))
        for one in planned
    ]


def write_reads(batch: Batch, drawn: Sequence[DrawnRead], places: DrawnPlaces, status: ReadStatus, action: str) -> None:
    """Reads, steps, timepoints and films with their seals, recorded as this action; called inside a transaction."""
    numbers = draw_numbers([entry for one in drawn for entry in one.plan.entries])
    reads = Read.objects.bulk_create(
        Read(
            case_id=one.assignment.case,
            batch=batch,
            reader_id=one.assignment.reader,
            kind=one.assignment.kind,
            status=status,
            token=one.token,
            number=numbers.get(one.token),
            queue=places.queues[one.entries[0]],
            queue_position=min(places.positions[entry] for entry in one.entries),
        )
        for one in (done.plan for done in drawn)
    )
    sealed_timepoints = write_timepoints(write_steps(reads, drawn, places, numbers))
    sealed_reads = SealedRead.objects.bulk_create(
        SealedRead(read=read, sealed=seal(purpose_of(read, places), bound_to=f"read {read.token}")) for read in reads
    )
    record(
        action=action,
        actor=ACTOR,
        stream=batch.campaign.trial.code,
        subject=("reading.batch", str(batch.pk)),
        details={"name": batch.name, "reads": len(reads), "commitment": batch.commitment},
        rows=[*sealed_timepoints, *sealed_reads],
        tracked=issued_rows(reads),
        chains=begun(reads, batch.campaign.trial.code),
    )


def issued_rows(reads: Sequence[Read]) -> list[Model]:
    """Every tracked row of these reads."""
    steps = list(ReadStep.objects.filter(read__in=reads))
    timepoints = list(DisplayedTimepoint.objects.filter(step__in=steps))
    films = DisplayedFilm.objects.filter(timepoint__in=timepoints).only("pk")
    return [*reads, *steps, *timepoints, *films]


def write_steps(
    reads: Sequence[Read], drawn: Sequence[DrawnRead], places: DrawnPlaces, numbers: Mapping[str, int]
) -> list[tuple[ReadStep, DrawnTimepoint]]:
    """The steps of each read; returns every timepoint with the step it belongs to."""
    planned = [
        (read, place, step) for read, one in zip(reads, drawn, strict=True) for place, step in enumerate(one.steps)
    ]
    steps = ReadStep.objects.bulk_create(
        ReadStep(
            read=read,
            position=place,
            counts=step.counts,
            token=step.token,
            number=numbers[step.token] if step.token else None,
            queue_position=places.positions[step.token] if step.token else None,
        )
        for read, place, step in planned
    )
    return [
        (step, one) for step, (_, _, drawn_step) in zip(steps, planned, strict=True) for one in drawn_step.timepoints
    ]


def write_timepoints(planned: Sequence[tuple[ReadStep, DrawnTimepoint]]) -> list[SealedTimepoint]:
    """The timepoints of each step, their seals and their films."""
    timepoints = DisplayedTimepoint.objects.bulk_create(
        DisplayedTimepoint(step=step, token=one.token, letter=one.letter, position=one.position)
        for step, one in planned
    )
    DisplayedFilm.objects.bulk_create(
        DisplayedFilm(
            timepoint=timepoint,
            token=film.token,
            side=film.side,
            view=film.view,
            reader_image_id=film.image,
            digests=film.digests,
        )
        for timepoint, (_, one) in zip(timepoints, planned, strict=True)
        for film in one.films
    )
    return SealedTimepoint.objects.bulk_create(
        SealedTimepoint(timepoint=timepoint, sealed=seal({"visit": one.visit}, bound_to=f"timepoint {timepoint.token}"))
        for timepoint, (_, one) in zip(timepoints, planned, strict=True)
    )


def purpose_of(read: Read, places: DrawnPlaces) -> dict[str, Any]:
    """Why the read is issued: first read, trigger, concordant control or repeat; and whether it will be repeated."""
    if read.kind == ReadKind.ADJUDICATION:
        return {"purpose": "trigger" if read.case.status == CaseStatus.DISCORDANT else "control"}
    return {"purpose": str(read.kind), "repeat": read.token in places.repeated}
