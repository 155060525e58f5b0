"""The pace of reading: the charter's pause between cases, and its limits for a sitting and for a day.

One case is one entry of the worklist; where timepoints are read one by one, one timepoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from config.errors import WrongState
from config.wording import counted
from reading.charter.terms import Terms
from reading.charter.versions import terms_of
from reading.models import Charter, Read, ReadStatus, ReadStep
from reading.room.worklist import WorklistEntry

LONGEST_SITTING = timedelta(days=2)


@dataclass(frozen=True)
class CaseSpan:
    """When a case was started and when it was last signed; without a signature, when it was started."""

    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Wait:
    """Why the next case cannot be started yet, and when it can."""

    why: str
    until: datetime


def why_wait(terms: Terms, spans: Sequence[CaseSpan], now: datetime) -> Wait | None:
    """The charter's limit that the reader has reached; of several, the one that lasts longest. Pure."""
    waits = [after_last(terms, spans, now), in_sitting(terms, spans, now), in_day(terms, spans, now)]
    found = [wait for wait in waits if wait is not None and wait.until > now]
    return max(found, key=lambda wait: wait.until, default=None)


def after_last(terms: Terms, spans: Sequence[CaseSpan], now: datetime) -> Wait | None:
    """The pause from the end of the last case."""
    if not terms.read_interval_minutes or not spans:
        return None
    until = max(span.ended for span in spans) + timedelta(minutes=terms.read_interval_minutes)
    return Wait(f"the charter requires {counted(terms.read_interval_minutes, 'minute')} between cases", until)


def in_sitting(terms: Terms, spans: Sequence[CaseSpan], now: datetime) -> Wait | None:
    """The limit for a sitting: cases without a long pause between them or since."""
    pause = timedelta(minutes=terms.sitting_pause_minutes)
    edge, count = now, 0
    for span in sorted(spans, key=lambda one: one.ended, reverse=True):
        if edge - span.ended >= pause:
            break
        edge, count = min(edge, span.began), count + 1
    if not terms.cases_per_sitting or count < terms.cases_per_sitting:
        return None
    why = f"{counted(count, 'case')} started in this sitting; the charter allows {terms.cases_per_sitting}"
    return Wait(why, max(span.ended for span in spans) + pause)


def in_day(terms: Terms, spans: Sequence[CaseSpan], now: datetime) -> Wait | None:
    """The limit for a day, in the time zone of the installation."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    count = sum(span.began >= today for span in spans)
    if not terms.cases_per_day or count < terms.cases_per_day:
        return None
    why = f"{counted(count, 'case')} started today; the charter allows {terms.cases_per_day}"
    return Wait(why, today + timedelta(days=1))


def spans_of(read: Read, now: datetime, beginning: ReadStep | None = None) -> list[CaseSpan]:
    """The cases that this reader recently started in any campaign of the trial, except the step `beginning`."""
    steps = ReadStep.objects.exclude(pk__in=[beginning.pk] if beginning else []).filter(
        Q(opened_at__gte=now - LONGEST_SITTING) | Q(locked_at__gte=now - LONGEST_SITTING),
        read__reader=read.reader_id,
        read__case__campaign__trial=read.case.campaign.trial_id,
    )
    found: dict[str, CaseSpan] = {}
    for token, of_read, began, locked in steps.values_list("token", "read__token", "opened_at", "locked_at"):
        if began is None:
            continue
        known = found.get(token or of_read, CaseSpan(began, began))
        found[token or of_read] = CaseSpan(min(began, known.began), max(began, locked or began, known.ended))
    return list(found.values())


def wait_of(read: Read, beginning: ReadStep | None = None) -> Wait | None:
    """Why this read cannot be started yet; None if it can."""
    terms = terms_of(read.case.campaign.charter)
    if not (terms.read_interval_minutes or terms.cases_per_sitting or terms.cases_per_day):
        return None
    now = timezone.now()
    return why_wait(terms, spans_of(read, now, beginning), now)


def wait_for(entry: WorklistEntry) -> Wait | None:
    """Why a row of the worklist cannot be started yet; a started read can always be continued."""
    if entry.status != ReadStatus.ISSUED:
        return None
    return wait_of(Read.objects.select_related("case__campaign__charter").get(pk=entry.read))


def hold_pace(read: Read) -> None:
    """Makes concurrent starts by one reader wait for each other until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(pk=read.reader_id)


def demand_pace(read: Read, beginning: ReadStep) -> None:
    """WrongState while the charter's pace does not let the reader start this step."""
    if wait := wait_of(read, beginning):
        raise WrongState(f"You can start the next case after {in_words(wait.until)}: {wait.why}.")


def in_words(until: datetime) -> str:
    """A time with its date and zone: the reader may be in any time zone."""
    return f"{timezone.localtime(until):%Y-%m-%d %H:%M} UTC"


def pace_of(entry: WorklistEntry) -> list[str]:
    """The charter's limits in words, for the worklist."""
    terms = terms_of(Charter.objects.get(campaigns__cases__reads=entry.read))
    limits = [
        (terms.read_interval_minutes, f"{counted(terms.read_interval_minutes, 'minute')} between cases"),
        (terms.cases_per_sitting, f"at most {counted(terms.cases_per_sitting, 'case')} in a sitting"),
        (terms.cases_per_day, f"at most {counted(terms.cases_per_day, 'case')} in a day"),
    ]
    return [words for limit, words in limits if limit]
