"""Receives folders and zip files from the command line: file by file, each processed to its result."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from audit.trail import Actor
from config.errors import BadInput, Refusal
from config.wording import quoted
from jobs.carrying import carry_job
from jobs.models import Job
from studies.arrival import held
from studies.arrival.intake import IntakeReceipt, ignore
from studies.arrival.zipped import of_the_system, receive_each
from studies.models import Film, FilmStatus, Site, Subject, Transmittal, TransmittalEntry, Visit
from studies.models.film import UNREADABLE_BY

OUTCOMES = {FilmStatus.HELD: "held", FilmStatus.REFUSED: "refused"}
SYSTEM_FILES_LINE = "system files"
PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Declared:
    """The declarations at the command line for all files."""

    subject: Subject | None = None
    visit: Visit | None = None
    film_date: date | None = None
    again: bool = False


@dataclass(frozen=True)
class BulkResult:
    """The result for one file."""

    name: str
    outcome: str
    reason: str
    subject: str = ""
    visit: str = ""
    side: str = ""
    view: str = ""

    def as_dict(self) -> dict[str, str]:
        """The result as one line of JSON."""
        return asdict(self)


def files_under(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    """Every file below the paths, with the name under which it is reported; links are not followed."""
    for start in paths:
        if not start.exists():
            raise BadInput(f"There is no file or folder {quoted(str(start))}. Give the path of one that exists.")
        if start.is_file():
            yield start.name, start
            continue
        for path in sorted(start.rglob("*")):
            if path.is_symlink() or path.is_file():
                yield path.relative_to(start).as_posix(), path


def deliver_all(
    transmittal: Transmittal, paths: list[Path], declared: Declared, actor: Actor
) -> Iterator[tuple[str, IntakeReceipt | str]]:
    """Receives every file below the paths; system files share one line at the end."""
    left_out: list[str] = []
    for name, path in files_under(paths):
        if of_the_system(name):
            left_out.append(name)
        else:
            yield from deliver(transmittal, name, path, declared, actor)
    if left_out:
        receipt = ignore(transmittal=transmittal, name=SYSTEM_FILES_LINE, left_out=left_out, actor=actor)
        yield SYSTEM_FILES_LINE, receipt


def read_again(site: Site, actor: Actor) -> Iterator[tuple[str, Film | str]]:
    """Reads every film of the site that was refused as unreadable again; a sentence if another film replaced it."""
    refused = Film.objects.filter(site=site, status=FilmStatus.REFUSED, header__has_key=UNREADABLE_BY)
    for film in refused.order_by("pk"):
        try:
            held.read_again(film=film, actor=actor)
        except Refusal as refusal:
            yield film.original_name, str(refusal)
        else:
            yield film.original_name, film


def deliver(
    transmittal: Transmittal, name: str, path: Path, declared: Declared, actor: Actor
) -> Iterator[tuple[str, IntakeReceipt | str]]:
    """Receives the file, or each member of a zip; a sentence instead of a receipt if nothing could be received."""
    if path.is_symlink():
        yield name, "The path is a link. Only regular files are received."
        return
    with path.open("rb") as file:
        try:
            yield from receive_each(transmittal=transmittal, name=name, file=file, actor=actor, **vars(declared))
        except BadInput as refusal:
            yield name, str(refusal)


def answer(name: str, received: IntakeReceipt | Film | str) -> BulkResult:
    """Runs the film's job, or waits for the worker that has it, and returns the film's status afterwards."""
    if isinstance(received, str):
        return BulkResult(name, "refused", received)
    if isinstance(received, Film):
        return standing(name, received.pk, carried(received))
    if received.film is None:
        return BulkResult(name, received.outcome, received.reason)
    job = carried(received.film)
    if received.outcome == "duplicate":
        return as_duplicate(name, received)
    return standing(name, received.film.pk, job)


def carried(film: Film) -> Job | None:
    job = Job.objects.filter(kind="studies.deidentify", payload__film=film.pk).order_by("pk").last()
    while job is not None and job.status not in (Job.Status.DONE, Job.Status.FAILED):
        carry_job(job.pk)
        job.refresh_from_db()
        if job.status in (Job.Status.RUNNING, Job.Status.QUEUED):
            time.sleep(PAUSE_SECONDS)  # another worker has it, or it is waiting for a retry
    return job


def as_duplicate(name: str, received: IntakeReceipt) -> BulkResult:
    """Names the current status of the earlier copy; a failure stays a failure."""
    entry = TransmittalEntry.objects.select_related("film").get(pk=received.entry.pk)
    failed = entry.film is not None and entry.film.status == FilmStatus.REFUSED
    return BulkResult(name, "refused" if failed else "duplicate", entry.says)


def answered(name: str, received: IntakeReceipt | Film | str) -> BulkResult:
    """The same in a separate thread, whose database connection is closed afterwards."""
    try:
        return answer(name, received)
    except Refusal as refusal:
        return BulkResult(name, "refused", str(refusal))
    finally:
        connection.close()


def standing(name: str, pk: int, job: Job | None) -> BulkResult:
    film = Film.objects.select_related("subject", "visit").get(pk=pk)
    outcome = OUTCOMES.get(FilmStatus(film.status), "accepted_for_qc")
    reason = film.status_reason
    if job is not None and job.status == Job.Status.FAILED:
        outcome, reason = "failed", job.reason
    return BulkResult(
        name,
        outcome,
        reason,
        subject=film.subject.code if film.subject else "",
        visit=film.visit.code if film.visit else "",
        side=film.side,
        view=film.view,
    )
