"""The monitoring of a campaign: each reader with their numbers, charts and repeats, and who drifted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean

from accounts.models import User
from config.process_cache import Kept
from config.wording import counted
from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.monitoring.attribution import FEWEST_READERS, Pair, who_drifted
from scoring.monitoring.drift import BASELINE
from scoring.monitoring.pairs import ComparedCase, compared_cases
from scoring.monitoring.reader import MonitoredReader
from scoring.monitoring.signed_counts import counts_of_reads
from scoring.ratings.repeats import own_agreement, pairs_of, ratings_twice
from scoring.ratings.signed_state import signed_state
from scoring.ratings.visits import case_visits
from scoring.reader_codes import reader_codes

# To find who drifted, the reader's cases from this number before the alarm to this number after it are compared.
BEFORE_ALARM, AFTER_ALARM = 20, 10
Signed = Mapping[tuple[int, int], datetime]


@dataclass(frozen=True, eq=False)
class Monitored:
    """The readers with a signed primary read, and when each of them first signed each case."""

    readers: list[MonitoredReader]
    compared: list[ComparedCase]
    signed: Signed

    @property
    def cases(self) -> int:
        """The number of compared cases."""
        return len({one.case for one in self.compared})

    def pairs_between(self, start: datetime | None, end: datetime) -> list[Pair]:
        """The compared cases of which the later read was first signed in this time: from `start`, or before `end`."""
        completed = {
            one.case: max(self.signed[one.first, one.case], self.signed[one.second, one.case]) for one in self.compared
        }
        return [
            (one.first, one.second, one.difference)
            for one in self.compared
            if (completed[one.case] < end if start is None else start <= completed[one.case] <= end)
        ]

    def moved(self, reader: MonitoredReader) -> MonitoredReader | None:
        """Who drifted when this reader's chart passed the limit; None if the pairs of readers cannot show it."""
        alarm = reader.drift.alarm
        if alarm is None:
            return None
        times = [self.signed[reader.pk, one.case] for one in reader.compared]
        start, end = times[max(alarm - 1 - BEFORE_ALARM, BASELINE)], times[min(alarm - 1 + AFTER_ALARM, len(times) - 1)]
        found = who_drifted(self.pairs_between(None, start), self.pairs_between(start, end))
        return next((one for one in self.readers if one.pk == found), None)

    def alarm_in_words(self, reader: MonitoredReader) -> str:
        """The finding of the reader's chart, and who drifted; empty without an alarm."""
        if reader.drift.alarm is None:
            return ""
        passed = f"The differences of {reader.name} from their partners passed the limit at case {reader.drift.alarm}."
        if found := self.moved(reader):
            return f"{passed} The pairs of readers show that {found.name} changed."
        if len(self.readers) < FEWEST_READERS:
            return f"{passed} With {counted(len(self.readers), 'reader')}, the differences do not show who changed."
        return f"{passed} The pairs of readers do not show clearly who changed."


monitored_kept = Kept[Monitored](size=16)


def monitored_campaign(campaign: Campaign) -> Monitored:
    """The monitoring of a campaign, recomputed after a new signature."""
    return monitored_kept.of(campaign.pk, signed_state(campaign), lambda: monitor(campaign))


def monitor(campaign: Campaign) -> Monitored:
    """The monitoring from first-signed values; the number of queries depends only on the number of readers."""
    counts = counts_of_reads(campaign)
    signed = {(one.reader, one.case): one.signed for one in counts}
    compared = [
        one for one in compared_cases(campaign) if {(one.first, one.case), (one.second, one.case)} <= signed.keys()
    ]
    codes, repeats = reader_codes(campaign), repeats_of(campaign)
    centre = sum(one.discordant for one in compared) / len(compared) if compared else 0.0
    people = User.objects.filter(pk__in={one.reader for one in counts}).order_by("name", "pk")
    readers = [
        MonitoredReader(
            person.pk,
            int(codes[person.pk].removeprefix("R")),
            str(person),
            [one for one in counts if one.reader == person.pk],
            in_order(person.pk, compared, signed),
            centre,
            repeats.get(person.pk),
        )
        for person in people
    ]
    return Monitored(readers, compared, signed)


def in_order(reader: int, compared: Iterable[ComparedCase], signed: Signed) -> list[ComparedCase]:
    """The compared cases of a reader, each once, in the order in which the reader first signed them."""
    own: dict[int, list[ComparedCase]] = {}
    for one in compared:
        if reader in (one.first, one.second):
            own.setdefault(one.case, []).append(one)
    cases = [one_case(reader, pairs) for pairs in own.values()]
    return sorted(cases, key=lambda one: (signed[reader, one.case], one.number))


def one_case(reader: int, pairs: Sequence[ComparedCase]) -> ComparedCase:
    """A case of a reader with several partners: the mean of the reader's differences from them.

    >>> pairs = [ComparedCase(1, 1, 7, 8, 2.0, False), ComparedCase(1, 1, 9, 7, 4.0, False)]
    >>> one_case(7, pairs).difference
    -1.0
    """
    if len(pairs) == 1:
        return pairs[0]
    own = [one.difference if one.first == reader else -one.difference for one in pairs]
    partner = next(person for person in (pairs[0].first, pairs[0].second) if person != reader)
    return replace(pairs[0], first=reader, second=partner, difference=fmean(own))


def repeats_of(campaign: Campaign) -> dict[int, dict[str, object]]:
    """Each reader's agreement with their own repeats, to the visit that the charter refers to, by account id."""
    pairs = pairs_of(campaign.cases.live())
    if not pairs:
        return {}
    end = case_visits(campaign, list(campaign.cases.live())).end(terms_of(campaign.charter).reference_visit) or ""
    return {reader.pk: own_agreement(ratings_twice(campaign, of_reader), end) for reader, of_reader in pairs.items()}
