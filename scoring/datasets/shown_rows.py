"""The rows about what was shown: every film of a signed read, every timepoint of a read that was issued."""

from __future__ import annotations

from collections.abc import Iterator

from reading.issuing.repeats import was_drawn
from scoring.consensus.signed_series import newest_values
from scoring.datasets.case_rows import CaseData, Row, read_columns, stamp, timepoints_of


def read_rows(data: CaseData) -> Iterator[Row]:
    """One row per film shown in every signed read."""
    for read in data.signed:
        visits = data.visit_of
        digests = {signed.step_id: signed.digest for signed in newest_values(read)}
        for film in (film for timepoint in timepoints_of(read) for film in timepoint.films.all()):
            origin = data.films.get(film.reader_image_id or "")
            yield {
                **data.head,
                **data.visit_columns(visits[film.timepoint.token]),
                **read_columns(data, read, film.timepoint.step),
                "BATCH": read.batch.name,
                "LETTER": film.timepoint.letter,
                "POSITION": film.timepoint.position,
                "SIDE": film.side,
                "VIEW": film.view,
                "FILMTOKEN": film.token,
                "IMGID": film.reader_image_id or "",
                "FILMDTC": origin.film_date if origin else "",
                "DATESRC": origin.film_date_source if origin else "",
                "SIGNDTC": stamp(film.timepoint.step.locked_at),
                "DIGEST": digests[film.timepoint.step_id],
            }


def order_rows(data: CaseData) -> Iterator[Row]:
    """One row per timepoint of every issued read, whatever its status, in order of issue."""
    for read in data.reads:
        visits, drawn = data.visit_of, was_drawn(read)
        for timepoint in timepoints_of(read):
            step = timepoint.step
            yield {
                "STUDYID": data.case.campaign.trial.code,
                "CASENUM": data.case.number,
                "READID": read.token,
                "READKIND": str(read.kind),
                "READSTATUS": str(read.status),
                "COMMITMENT": read.batch.commitment,
                "QUEUE": read.queue,
                "ENTRY": step.token or read.token,
                "QUEUEPOS": read.queue_position if step.queue_position is None else step.queue_position,
                "STEP": step.position + 1,
                "STEPCOUNTS": "Y" if step.counts else "",
                "POSITION": timepoint.position,
                "LETTER": timepoint.letter,
                "KEY": min(film.reader_image_id for film in timepoint.films.all() if film.reader_image_id),
                "VISITPOS": data.places[visits[timepoint.token]] + 1,
                "REPEATDRAWN": "Y" if drawn else "",
            }
