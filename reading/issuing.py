"""The job that turns assignments into reads: draws and digests outside, everything written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.trail import Actor, audited_atomic, record
from jobs.queue import Lease
from reading.allocation import Assignment
from reading.campaigns import identities
from reading.drawing import DrawnExposure, draw_exposures
from reading.films import digests_shown
from reading.models import (
    Batch,
    Case,
    CaseStatus,
    Exposure,
    ExposureFilm,
    Read,
    ReadKind,
    ReadStep,
    SealedExposure,
    SealedRead,
    SealedSeed,
)
from reading.randomisation import Draw, new_token
from reading.unblinding import seal, unseal


@dataclass(frozen=True)
class DrawnRead:
    """A read about to be issued."""

    assignment: Assignment
    token: str
    position: int
    exposures: tuple[DrawnExposure, ...]


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Issues the reads of {"batch": id, "assignments": [[case, reader, kind], ...]}."""
    batch = Batch.objects.select_related("campaign__trial").get(pk=payload["batch"])
    assignments = [Assignment(*triple) for triple in payload["assignments"]]
    drawn = draw_reads(batch, assignments, lease)
    with audited_atomic():
        lease.finish()
        write_reads(batch, drawn)


def draw_reads(batch: Batch, assignments: Sequence[Assignment], lease: Lease) -> list[DrawnRead]:
    """Everything that will be stored, with the digests of every band under its film's token."""
    seed = bytes.fromhex(
        unseal(SealedSeed.objects.get(batch=batch).sealed, bound_to=f"seed {batch.commitment}")["seed"]
    )
    cases = {case.pk: case for case in Case.objects.filter(pk__in={a.case for a in assignments})}
    frozen = identities(list(cases.values()))
    positions = draw_positions(seed, batch, cases, assignments)
    drawn = []
    for done, assignment in enumerate(assignments):
        lease.progress(done, len(assignments), "drawing orders and digests")
        token = new_token()
        exposures = draw_exposures(seed, token, frozen[assignment.case], digests_shown)
        drawn.append(DrawnRead(assignment, token, positions[assignment], exposures))
    return drawn


def draw_positions(
    seed: bytes, batch: Batch, cases: dict[int, Case], assignments: Sequence[Assignment]
) -> dict[Assignment, int]:
    """For each reader a queue order of his own, drawn over the random case tokens."""
    positions: dict[Assignment, int] = {}
    for reader in sorted({assignment.reader for assignment in assignments}):
        own = sorted((a for a in assignments if a.reader == reader), key=lambda a: cases[a.case].token)
        queue = Draw(seed, f"queue {batch.reads.count()} of reader {reader}").permutation(own)
        positions.update({assignment: place for place, assignment in enumerate(queue)})
    return positions


def write_reads(batch: Batch, drawn: Sequence[DrawnRead]) -> None:
    """Reads, steps, exposures and films with their seals; called inside a transaction."""
    reads = Read.objects.bulk_create(
        Read(
            case_id=one.assignment.case,
            batch=batch,
            reader_id=one.assignment.reader,
            kind=one.assignment.kind,
            token=one.token,
            queue_position=one.position,
        )
        for one in drawn
    )
    steps = ReadStep.objects.bulk_create(ReadStep(read=read, position=0) for read in reads)
    sealed_exposures = write_exposures(steps, drawn)
    sealed_reads = SealedRead.objects.bulk_create(
        SealedRead(read=read, sealed=seal({"purpose": purpose_of(read)}, bound_to=f"read {read.token}"))
        for read in reads
    )
    primary = [one for one in drawn if one.assignment.kind == ReadKind.PRIMARY]
    record(
        action="reading.batch.issued" if primary else "reading.adjudication.issued",
        actor=Actor.system("issuing"),
        stream=batch.campaign.trial.code,
        subject=("reading.batch", str(batch.pk)),
        details={"reads": len(reads), "commitment": batch.commitment},
        rows=[*sealed_exposures, *sealed_reads],
    )


def write_exposures(steps: Sequence[ReadStep], drawn: Sequence[DrawnRead]) -> list[SealedExposure]:
    """The exposures of each step, their seals and their films."""
    planned = [(step, exposure) for step, one in zip(steps, drawn, strict=True) for exposure in one.exposures]
    exposures = Exposure.objects.bulk_create(
        Exposure(step=step, token=one.token, letter=one.letter, position=one.position) for step, one in planned
    )
    ExposureFilm.objects.bulk_create(
        ExposureFilm(
            exposure=exposure,
            token=film.token,
            side=film.side,
            view=film.view,
            reader_image_id=film.image,
            digests=film.digests,
        )
        for exposure, (_, one) in zip(exposures, planned, strict=True)
        for film in one.films
    )
    return SealedExposure.objects.bulk_create(
        SealedExposure(exposure=exposure, sealed=seal({"visit": one.visit}, bound_to=f"exposure {exposure.token}"))
        for exposure, (_, one) in zip(exposures, planned, strict=True)
    )


def purpose_of(read: Read) -> str:
    """Why the read is issued: first read, the charter's trigger, or a concordant control."""
    if read.kind == ReadKind.PRIMARY:
        return "primary"
    return "trigger" if read.case.status == CaseStatus.DISCORDANT else "control"
