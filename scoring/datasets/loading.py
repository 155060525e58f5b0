"""Cases with all data that their rows need, in blocks: a few queries for each block, whatever the trial's size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Prefetch, prefetch_related_objects

from reading.campaigns.case_seals import identities, identity_in
from reading.campaigns.frozen_films import FrozenCase
from reading.campaigns.opening import images_of
from reading.models import Campaign, Case, DisplayedFilm
from scoring.consensus.signed_series import SIGNED
from scoring.datasets.case_rows import CaseData, timepoints_of
from scoring.datasets.saved_scores import saved_scores
from scoring.models import CaseResult
from studies.models import Film, Subject, Visit
from studies.sealed_links import renditions_of

BLOCK = 10
PARTS = tuple(f"reads__{part}" for part in ("reader", "batch", "sealedread", *SIGNED))


def case_order(campaign: Campaign) -> list[int]:
    """The keys of the cases in the order of their rows: by the code of the subject, then by number."""
    codes = dict(Subject.objects.filter(trial=campaign.trial).values_list("pk", "code"))
    cases = campaign.cases.select_related("sealedcase").iterator()
    return [key for *_, key in sorted((codes[identity_in(case).subject], case.number, case.pk) for case in cases)]


def blocks_of(order: Sequence[int]) -> Iterator[Sequence[int]]:
    """The keys in blocks."""
    for start in range(0, len(order), BLOCK):
        yield order[start : start + BLOCK]


def loaded(keys: Sequence[int], reader_codes: dict[int, str]) -> list[CaseData]:
    """The cases of a block in the order of their keys."""
    found = Case.objects.select_related("campaign__charter", "campaign__trial", "charter").in_bulk(keys)
    cases = [found[key] for key in keys]
    # The digests of a film's bands are most of its row, and no table contains them.
    films_shown = Prefetch("reads__steps__timepoints__films", DisplayedFilm.objects.defer("digests"))
    prefetch_related_objects(cases, *PARTS, films_shown)
    frozen = identities(cases)
    subjects = Subject.objects.select_related("site").in_bulk([films.subject for films in frozen.values()])
    visits = Visit.objects.select_related("plan").in_bulk(
        {timepoint.visit for one in frozen.values() for timepoint in one.timepoints}
    )
    films, results = films_of(frozen.values()), newest_results(cases)
    shown = [timepoint.pk for case in cases for read in case.reads.all() for timepoint in timepoints_of(read)]
    scores = saved_scores(shown)
    return [
        CaseData(
            case=case,
            reader_codes=reader_codes,
            frozen=frozen[case.pk],
            subject=subjects[frozen[case.pk].subject],
            visits=visits,
            films=films,
            result=results.get(case.pk),
            reads=sorted(case.reads.all(), key=lambda read: read.pk),
            scores=scores,
        )
        for case in cases
    ]


def films_of(frozen: Iterable[FrozenCase]) -> dict[str, Film]:
    """The film of each reader image of these cases."""
    keys = set[str]().union(*map(images_of, frozen))
    return {key: rendition.film for key, rendition in renditions_of(keys).items()}


def newest_results(cases: Sequence[Case]) -> dict[int, CaseResult]:
    """The newest stored result of each case that has one."""
    stored = CaseResult.objects.filter(case__in=cases).order_by("version")
    return {result.case_id: result for result in stored}
