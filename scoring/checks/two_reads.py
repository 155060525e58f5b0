"""Two signed reads of a case beside each other, for recalibration once the campaign is closed.

Uses the values signed last, with the timepoints in true order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from config.process_cache import Kept
from instruments.definition import Instrument, Item
from reading.campaigns.case_seals import identities
from reading.models import Campaign, Case, Read, ReadKind
from reading.room.cells import instrument_of_campaign
from scoring.checks.one_read import entry_of
from scoring.checks.signed_sheets import Entries, entries_of, signed_of
from scoring.consensus.signed_series import visits_of_reads
from scoring.ratings.signed_state import signed_state

KIND_ORDER = {kind: place for place, kind in enumerate(ReadKind.values)}
# The entries of a read by the id of the visit, and an entry as stored: grade, reason, note.
OfVisits = dict[int, dict[str, list[object]]]


@dataclass(frozen=True)
class ComparedValue:
    """An item at a visit, as each of the two readers signed it; `apart` in grades, None unless both gave one."""

    item: Item
    visit: int
    first: str
    second: str
    apart: int | None

    @property
    def differs(self) -> bool:
        """Whether the entries differ, in the grade or in the reason for having none."""
        return self.first != self.second


@dataclass(frozen=True)
class ComparedReads:
    """Two signed reads of a case with every value, item by item, each at all visits in true order."""

    case: Case
    first: Read
    second: Read
    visits: tuple[int, ...]
    values: tuple[ComparedValue, ...]

    @property
    def different(self) -> list[ComparedValue]:
        """The values that differ."""
        return [one for one in self.values if one.differs]

    @property
    def largest(self) -> int | None:
        """The largest difference in grades; None if no value was graded by both."""
        return max((one.apart for one in self.values if one.apart is not None), default=None)


@dataclass(frozen=True)
class PairSummary:
    """Two signed reads of a case in numbers, without their values."""

    case: int
    first: str
    second: str
    tokens: tuple[str, str]
    kinds: str
    values: int
    different: int
    largest: int | None


summaries_kept = Kept[list[PairSummary]](size=16)


def pair_summaries(campaign: Campaign) -> list[PairSummary]:
    """Every pair of signed reads of a campaign in numbers, recomputed after a new signature."""
    key = (campaign.pk, campaign.status)
    found = summaries_kept.of(
        key, signed_state(campaign), lambda: [summary_of(one) for one in compared_reads(campaign)]
    )
    return list(found)


def summary_of(pair: ComparedReads) -> PairSummary:
    """A pair in numbers."""
    first, second = pair.first, pair.second
    return PairSummary(
        case=pair.case.number,
        first=str(first.reader),
        second=str(second.reader),
        tokens=(first.token, second.token),
        kinds=f"{first.get_kind_display()}, {second.get_kind_display().lower()}",
        values=len(pair.values),
        different=len(pair.different),
        largest=pair.largest,
    )


def compared_reads(campaign: Campaign, case: Case | None = None) -> Iterator[ComparedReads]:
    """Every pair of signed reads of each live case, or of one; the number of queries is the same for any number."""
    signed = signed_of(campaign)
    reads = list(signed if case is None else signed.filter(case=case))
    instrument, entries = instrument_of_campaign(campaign), entries_of(reads)
    visit_of = visits_of_reads([read.pk for read in reads])
    of_case = defaultdict[Case, list[Read]](list)
    for read in sorted(reads, key=lambda one: (one.case.number, KIND_ORDER[one.kind], one.reader.name, one.pk)):
        of_case[read.case].append(read)
    frozen = identities(list(of_case))
    for one, own in of_case.items():
        visits = tuple(timepoint.visit for timepoint in frozen[one.pk].timepoints)
        by_visit = {read.pk: entries_by_visit(entries[read.pk], visit_of) for read in own}
        for first, second in combinations(own, 2):
            values = values_of_both(instrument, visits, by_visit[first.pk], by_visit[second.pk])
            yield ComparedReads(one, first, second, visits, tuple(values))


def entries_by_visit(entries: Entries, visit_of: dict[str, int]) -> OfVisits:
    """The entries of a read by visit."""
    return {visit_of[token]: values for token, values in entries.items()}


def values_of_both(
    instrument: Instrument, visits: Sequence[int], first: OfVisits, second: OfVisits
) -> Iterator[ComparedValue]:
    """Each item at each visit, in the order of the instrument and in true order."""
    for item in instrument.items:
        for visit in visits:
            pair = [of_visits.get(visit, {}).get(item.key) for of_visits in (first, second)]
            shown = [entry_of(instrument, entry) for entry in pair]
            grades = [entry[0] for entry in pair if entry is not None and isinstance(entry[0], int)]
            apart = abs(grades[0] - grades[1]) if len(grades) == 2 else None
            yield ComparedValue(item, visit, shown[0], shown[1], apart)
