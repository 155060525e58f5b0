"""Requested reads whose job has not issued them yet."""

from __future__ import annotations

from jobs.models import Job
from reading.models import Case, ReadKind


def requested_readers(case: Case) -> list[int]:
    """The people from whom a primary read of the case was requested that is not issued yet."""
    waiting = Job.objects.exclude(status=Job.Status.DONE).filter(kind="reading.issue").order_by("pk")
    return [
        reader
        for payload in waiting.values_list("payload", flat=True)
        for asked, reader, kind in payload["assignments"]
        if asked == case.pk and kind == ReadKind.PRIMARY
    ]
