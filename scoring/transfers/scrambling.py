"""A case of a test transfer: another subject, other days and tokens, drawn values. None of this is ever stored.

Everything that the writers read is replaced in memory, so that whatever column they write is scrambled. The seed, which
the manifest states, gives grades and entries; names, numbers, days and tokens come from a key that the server keeps.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256

from reading.campaigns.frozen_films import FrozenCase, Timepoint
from reading.issuing.randomisation import Draw
from reading.issuing.repeats import renamed
from reading.models import Batch, Read, ReadStep, VoidCause
from scoring.consensus.case_result import compute_from, trigger_json
from scoring.consensus.sealed_result import interval_in, opened_result, sealed_result
from scoring.datasets.case_rows import CaseData, timepoints_of
from scoring.models import CaseResult
from scoring.transfers.drawn_times import redraw_entries
from scoring.transfers.drawn_values import DrawnValues, redraw
from studies.models import Film, Site, Subject

# At least ten years: the films of a trial span less, so no true day of a subject becomes a day of another one.
FEWEST_DAYS, MOST_DAYS = 3650, 4650
MILLISECONDS_OF_A_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Scramble:
    """The scrambling of a campaign's cases by seed and key: `cases` by id, each with its subject and site.

    All of them are numbered, whatever the cut, so that each keeps its number in the next test. A case that was added
    later, as a `replacement`, comes after the campaign's initial cases.
    """

    seed: bytes
    key: bytes
    cases: dict[int, tuple[int, int]]
    replacements: frozenset[int] = frozenset()

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each case, drawn."""
        first = self.numbered(self.cases.keys() - self.replacements, "cases")
        return first | {case: len(first) + place for place, case in enumerate(sorted(self.replacements), start=1)}

    @cached_property
    def subjects(self) -> dict[int, int]:
        """The number of each subject, drawn."""
        return self.numbered({subject for subject, _ in self.cases.values()}, "subjects")

    @cached_property
    def sites(self) -> dict[int, int]:
        """The number of each site, drawn."""
        return self.numbered({site for _, site in self.cases.values()}, "sites")

    def numbered(self, ids: Iterable[int], purpose: str) -> dict[int, int]:
        """Numbers from 1 in a drawn order."""
        return {pk: number for number, pk in enumerate(Draw(self.key, purpose).permutation(sorted(ids)), start=1)}

    @property
    def order(self) -> list[int]:
        """The cases in the order of their rows: by the number of the subject, then by their own."""
        return sorted(self.cases, key=lambda case: (self.subjects[self.cases[case][0]], self.numbers[case]))

    def subject(self, true: Subject) -> Subject:
        """The subject under another code, of a site under another code."""
        site, subject = Site(code=f"T{self.sites[true.site_id]:02d}"), copy(true)
        subject.code, subject.site = f"TEST-{self.subjects[true.pk]:04d}", site
        return subject

    def shift(self, subject: int) -> timedelta:
        """How far all times of a subject are moved back; not by whole days, so that no time of day is true."""
        draw = Draw(self.key, f"days of subject {self.subjects[subject]}")
        days = FEWEST_DAYS + draw.below(MOST_DAYS - FEWEST_DAYS)
        return timedelta(days=days, milliseconds=draw.below(MILLISECONDS_OF_A_DAY))

    def token(self, true: str) -> str:
        """Another token of the same length."""
        return hmac.new(self.key, true.encode(), sha256).hexdigest()[: len(true)]

    def __call__(self, data: CaseData) -> CaseData:
        """The scrambled case that the writers get instead of this one."""
        days = self.shift(data.subject.pk)
        values = DrawnValues(self.seed, self.numbers[data.case.pk], data)
        for read in data.reads:
            redraw(read, values)
            self.rename(data, read, days)
            redraw_entries(data, read, Draw(self.seed, f"entries of read {read.token}"))
        case = copy(data.case)
        case.number = self.numbers[case.pk]
        case.void_reason = "scrambled" if case.void_reason else ""
        case.void_cause = VoidCause.OTHER if case.void_cause else ""
        frozen = FrozenCase(data.frozen.subject, tuple(self.timepoint(one, days) for one in data.frozen.timepoints))
        films = {self.token(key): moved_back(film, days) for key, film in data.films.items()}
        other = replace(data, case=case, subject=self.subject(data.subject), frozen=frozen, films=films)
        return replace(other, result=result_of(other))

    def timepoint(self, true: Timepoint, days: timedelta) -> Timepoint:
        """A timepoint on another day, with other image keys."""
        day = (date.fromisoformat(true.day) - days).isoformat()
        return Timepoint(true.visit, day, {view: self.token(key) for view, key in true.images.items()})

    def rename(self, data: CaseData, read: Read, days: timedelta) -> None:
        """Other tokens and times for a read and everything shown in it."""
        renamed(read, self.token(read.token))
        read.queue = self.token(read.queue)
        read.batch = Batch(name="scrambled", commitment=self.token(read.batch.commitment))
        for step in read.steps.all():
            self.rename_step(step, days)
        for timepoint in timepoints_of(read):
            for film in timepoint.films.all():
                film.token = self.token(film.token)
                film.reader_image_id = self.token(film.reader_image_id) if film.reader_image_id else None
            for score in data.scores[timepoint.pk]:
                score.saved_at, score.captured_at = score.saved_at - days, score.captured_at - days

    def rename_step(self, step: ReadStep, days: timedelta) -> None:
        """Sets another token and time of signature, and other keys of the signed films."""
        step.token = self.token(step.token) if step.token else None
        step.locked_at = step.locked_at - days if step.locked_at else None
        for signed in step.signed_values.all():
            for shown in signed.timepoints.values():
                shown["films"] = {view: key and self.token(key) for view, key in shown["films"].items()}


def moved_back(film: Film, days: timedelta) -> Film:
    """A film taken this many days earlier."""
    other = copy(film)
    other.film_date = film.film_date - days if film.film_date else None
    return other


def result_of(data: CaseData) -> CaseResult | None:
    """The result that the drawn values give, as it would be stored, over the interval of the stored one."""
    interval = interval_in(opened_result(data.result)) if data.result else (0, 0)
    computed = compute_from(data.case, data.signed_reads, interval)
    if computed is None:
        return None
    result = CaseResult(case=data.case, version=1, outcome=computed.outcome, rule=computed.rule)
    result.trigger = trigger_json(computed.trigger)
    result.sealed = sealed_result(
        case=data.case.pk,
        version=1,
        readers=computed.readers,
        numbers=computed.numbers,
        one_sided=computed.trigger.one_sided,
        interval=computed.interval,
    )
    return result
