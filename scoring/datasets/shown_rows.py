"""The rows about what was shown: every film of a signed read, every timepoint of a read that was issued."""

from __future__ import annotations

from collections.abc import Iterator

from reading.issuing.repeats import was_drawn
from reading.models import DisplayedFilm, DisplayedTimepoint
from scoring.consensus.signed_series import newest_values, visits_of
from scoring.datasets.case_rows import CaseData, Row, flags_of, stamp


def read_rows(data: CaseData) -> Iterator[Row]:
    """One row per film shown in every signed read."""
    for read in data.signed:
        visits = visits_of(read)
        digests = {signed.step_id: signed.digest for signed in newest_values(read)}
        films = DisplayedFilm.objects.filter(timepoint__step__read=read).select_related("timepoint__step")
        for film in films.order_by("timepoint__step__position", "timepoint__position", "view", "side"):
            origin = data.films.get(film.reader_image_id or "")
            yield {
                **data.head(),
                **data.visit_columns(visits[film.timepoint.token]),
                "READER": data.slot(read),
                "READERID": data.reader_codes[read.reader_id],
                "READID": read.token,
                **flags_of(read, film.timepoint.step),
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
    reads = data.case.reads.select_related("batch", "sealedread").order_by("pk")
    for read in reads:
        visits, drawn = visits_of(read), was_drawn(read)
        shown = DisplayedTimepoint.objects.filter(step__read=read).select_related("step").prefetch_related("films")
        for timepoint in shown.order_by("step__position", "position"):
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
                "VISITNUM": data.places[visits[timepoint.token]] + 1,
                "REPEATDRAWN": "Y" if drawn else "",
            }
