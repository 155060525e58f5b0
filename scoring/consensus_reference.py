"""The consensus of cases of a closed campaign as the reference scores of a training campaign with the same films."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from accounts.roles import Action, authorise
from audit.trail import Actor
from config.errors import WrongState
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import placements
from reading.campaigns.reference_table import Scores
from reading.campaigns.training import demand_training, seal_references
from reading.campaigns.training_cases import WITH_RESULT, demand_not_being_read, demand_source
from reading.models import Campaign, Case, Read, ReadKind
from scoring.checks.signed_sheets import entries_of, signed_of
from scoring.consensus.sealed_result import opened_result
from scoring.consensus.signed_series import visits_of_reads
from scoring.ratings.campaign import newest_results


def bring_consensus(*, campaign: Campaign, source: Campaign, actor: Actor) -> int:
    """Seals the consensus of the source as reference scores of every case, once; returns the number of cases."""
    authorise(actor, Action.SEE_READER_SCORES)
    demand_training(campaign)
    demand_source(campaign, source)
    cases = list(campaign.cases.live())
    origin = origins_of(cases, source)
    demand_not_being_read(source, list(origin.values()), identities(list(origin.values())))
    scores = consensus_of(source, list(origin.values()))
    found = {case: scores[one.pk] for case, one in origin.items()}
    return seal_references(campaign=campaign, scores=found, actor=actor, source=source.code)


def origins_of(cases: Sequence[Case], source: Campaign) -> dict[int, Case]:
    """The source's case of each case; WrongState for a case that has none with a result and exactly the same films."""
    others = list(source.cases.live().filter(status__in=WITH_RESULT))
    films, other_films = identities(cases), identities(others)
    by_subject = {other_films[one.pk].subject: one for one in others}
    found = {}
    for case in cases:
        one = by_subject.get(films[case.pk].subject)
        if one is None or placements(films[case.pk]) != placements(other_films[one.pk]):
            text = f"Case {case.number} of {case.campaign.code} does not show the films of a case of {source.code}"
            raise WrongState(f"{text} that has a result. Import its reference scores as a file.")
        found[case.pk] = one
    return found


def consensus_of(source: Campaign, cases: Collection[Case]) -> dict[int, dict[int, Scores]]:
    """The consensus of each case, by visit and item, from the values that its deciding readers signed last."""
    results = newest_results(source.cases.live())
    deciding = {case.pk: set(opened_result(results[case.pk])["readers"]) for case in cases}
    signed = signed_of(source).filter(case__in=cases).exclude(kind=ReadKind.REPEAT)
    reads = [read for read in signed if read.reader_id in deciding[read.case_id]]
    return by_case(reads)


def by_case(reads: Sequence[Read]) -> dict[int, dict[int, Scores]]:
    """The agreed scores of these reads by case, visit and item."""
    entries, visit_of = entries_of(reads), visits_of_reads([read.pk for read in reads])
    together = defaultdict[tuple[int, int, str], list[list[object]]](list)
    for read in reads:
        for token, values in entries[read.pk].items():
            for item, entry in values.items():
                together[read.case_id, visit_of[token], item].append(entry)
    found: dict[int, dict[int, Scores]] = defaultdict(lambda: defaultdict(dict))
    for (case, visit, item), given in together.items():
        found[case][visit][item] = agreed(given)
    return found


def agreed(entries: Iterable[list[object]]) -> list[object]:
    """The readers' mean as a grade, halves rounded up; without any grade, the reason that most of them gave.

    >>> agreed([[2, "", ""], [3, "", ""]]), agreed([[1, "", ""], [None, "IMAGE", ""]]), agreed([[None, "IMAGE", ""]])
    ([3, ''], [1, ''], [None, 'IMAGE'])
    """
    given = list(entries)
    grades = [entry[0] for entry in given if isinstance(entry[0], int)]
    if grades:
        return [int(Fraction(sum(grades), len(grades)) + Fraction(1, 2)), ""]
    return [None, Counter(str(entry[1]) for entry in given).most_common(1)[0][0]]
