"""Reads that were requested and wait for the job that issues them."""

from __future__ import annotations

from jobs.models import Job
from reading.models import Case, ReadKind


def requested_readers(case: Case) -> list[int]:
    """The people who were asked for a primary read of the case that is not issued yet."""
    waiting = Job.objects.exclude(status=Job.Status.DONE).filter(kind="reading.issue").order_by("pk")
    return [
        reader
        for payload in waiting.values_list("payload", flat=True)
        for asked, reader, kind in payload["assignments"]
        if asked == case.pk and kind == ReadKind.PRIMARY
    ]
