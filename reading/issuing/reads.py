"""The job that turns assignments into reads: draws and digests first, then everything written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from audit.trail import Actor, audited_atomic, record
from config.tokens import new_token
from jobs.queue import Lease
from reading.campaigns.opening import identities
from reading.capture_chains import begun
from reading.charter.versions import terms_of
from reading.issuing.allocation import Assignment
from reading.issuing.drawing import DrawnStep, DrawnTimepoint, draw_steps
from reading.issuing.presentations import draw_queue, draw_repeats, queue_name
from reading.issuing.seeds import open_seed
from reading.models import (
    Batch,
    Case,
    CaseStatus,
    DisplayedFilm,
    DisplayedTimepoint,
    Read,
    ReadKind,
    ReadStep,
    SealedRead,
    SealedTimepoint,
)
from reading.room.films import digests_shown
from reading.unblinding import seal


@dataclass(frozen=True)
class DrawnRead:
    """A read about to be issued."""

    assignment: Assignment
    token: str
    steps: tuple[DrawnStep, ...]

    @property
    def entries(self) -> list[str]:
        """The entries in the reader's worklist: the read, or every step that is its own entry."""
        return [step.token for step in self.steps if step.token] or [self.token]


@dataclass(frozen=True)
class Places:
    """What was drawn for readers: the name of each entry's queue, its position, and which reads will be repeated."""

    queues: dict[str, str]
    positions: dict[str, int]
    repeated: set[str]


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Issues the reads of {"batch": id, "assignments": [[case, reader, kind], ...]}."""
    batch = Batch.objects.select_related("campaign__trial", "campaign__charter").get(pk=payload["batch"])
    assignments = [Assignment(*triple) for triple in payload["assignments"]]
    seed = open_seed(batch)
    drawn = draw_reads(batch, seed, assignments, lease)
    with audited_atomic():
        lease.finish()
        if wanted := still_wanted(drawn):
            places = draw_places(seed, wanted, terms_of(batch.campaign.charter).repeats_share)
            write_reads(batch, wanted, places)


def draw_reads(batch: Batch, seed: bytes, assignments: Sequence[Assignment], lease: Lease) -> list[DrawnRead]:
    """Everything that will be stored, with the digests of every band under its film's token."""
    presentation = terms_of(batch.campaign.charter).presentation
    frozen = identities(list(Case.objects.filter(pk__in={a.case for a in assignments})))
    drawn = []
    for done, assignment in enumerate(assignments):
        lease.progress(done, len(assignments), "drawing orders and digests")
        token = new_token()
        steps = draw_steps(presentation, seed, token, frozen[assignment.case], digests_shown)
        drawn.append(DrawnRead(assignment, token, steps))
    return drawn


def still_wanted(drawn: Sequence[DrawnRead]) -> list[DrawnRead]:
    """Without cases voided since the request, and without a second adjudication of an adjudicated case."""
    cases = Case.objects.select_for_update().filter(pk__in={one.assignment.case for one in drawn}).order_by("pk")
    live = {case.pk for case in cases if case.status != CaseStatus.VOIDED}
    thirds = Read.objects.counting().filter(case__in=live, kind=ReadKind.ADJUDICATION)
    adjudicated = set(thirds.values_list("case_id", flat=True))
    return [
        one
        for one in drawn
        if one.assignment.case in live
        and not (one.assignment.kind == ReadKind.ADJUDICATION and one.assignment.case in adjudicated)
    ]


def draw_places(seed: bytes, drawn: Sequence[DrawnRead], share: float) -> Places:
    """A queue for each reader, and the reads that will be repeated."""
    places = Places({}, {}, set())
    for reader in sorted({one.assignment.reader for one in drawn}):
        own = [one for one in drawn if one.assignment.reader == reader]
        entries = [entry for one in own for entry in one.entries]
        places.queues.update(dict.fromkeys(entries, queue_name(entries)))
        places.positions.update({entry: place for place, entry in enumerate(draw_queue(seed, entries))})
        first = [one.token for one in own if one.assignment.kind == ReadKind.PRIMARY]
        places.repeated.update(draw_repeats(seed, first, share))
    return places


def write_reads(batch: Batch, drawn: Sequence[DrawnRead], places: Places) -> None:
    """Reads, steps, timepoints and films with their seals; called inside a transaction."""
    reads = Read.objects.bulk_create(
        Read(
            case_id=one.assignment.case,
            batch=batch,
            reader_id=one.assignment.reader,
            kind=one.assignment.kind,
            token=one.token,
            queue=places.queues[one.entries[0]],
            queue_position=min(places.positions[entry] for entry in one.entries),
        )
        for one in drawn
    )
    sealed_timepoints = write_timepoints(write_steps(reads, drawn, places))
    sealed_reads = SealedRead.objects.bulk_create(
        SealedRead(read=read, sealed=seal(purpose_of(read, places), bound_to=f"read {read.token}")) for read in reads
    )
    third = all(one.assignment.kind == ReadKind.ADJUDICATION for one in drawn)
    record(
        action="reading.adjudication.issued" if third else "reading.batch.issued",
        actor=Actor.system("issuing"),
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
    reads: Sequence[Read], drawn: Sequence[DrawnRead], places: Places
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


def purpose_of(read: Read, places: Places) -> dict[str, Any]:
    """Why the read is issued: first read, trigger, concordant control or repeat; and whether it will be repeated."""
    if read.kind == ReadKind.ADJUDICATION:
        return {"purpose": "trigger" if read.case.status == CaseStatus.DISCORDANT else "control"}
    return {"purpose": str(read.kind), "repeat": read.token in places.repeated}
