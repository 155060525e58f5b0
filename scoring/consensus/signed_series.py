"""From signed bytes to arrays: each reader's values of a case in true order. Uses only what was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet, prefetch_related_objects

from instruments.definition import Instrument
from reading.campaigns.frozen_films import FrozenCase
from reading.models import Read, ReadStatus, SealedTimepoint, SignedValues
from reading.seals import unseal
from scoring.consensus.discordance import Series

# The rows to fetch with reads, so that any number of them takes a few queries.
SIGNED = ("steps__signed_values", "steps__timepoints__sealedtimepoint")


class AlteredValues(RuntimeError):
    """Signed bytes do not match the digest that was signed."""


@dataclass(frozen=True)
class SignedRead:
    """A signed read with its values by visit and the digests of what was signed.

    `series` holds the values signed last, which results use; `first` those signed first, which agreement uses.
    """

    read: Read
    series: Series
    digests: tuple[str, ...]
    first: Series

    @property
    def is_corrected(self) -> bool:
        """Whether it was signed again after it was first signed."""
        return self.first is not self.series


def signed_reads(reads: Sequence[Read], instrument: Instrument, frozen: FrozenCase) -> list[SignedRead]:
    """The signed reads of one case, each with the newest signed values of the steps that count."""
    signed = [read for read in reads if read.status == ReadStatus.SIGNED]
    prefetch_related_objects(signed, *SIGNED)
    return [load(read, counting_values(read), instrument, frozen) for read in signed]


def counting_values(read: Read) -> list[SignedValues]:
    """The steps used in results: if timepoints were read alone before a joint last step, only that last step."""
    return [signed for signed in newest_values(read) if signed.step.counts]


def newest_values(read: Read) -> list[SignedValues]:
    """The newest version of every step's signed values."""
    return one_of_each_step(versions_of(read))


def first_values(read: Read) -> list[SignedValues]:
    """The first version of every step's signed values, before any correction."""
    return one_of_each_step(versions_of(read)[::-1])


def versions_of(read: Read) -> list[SignedValues]:
    """Every version of every step's signed values, verified against their digest, oldest first."""
    every = [signed for step in read.steps.all() for signed in step.signed_values.all()]
    versions = sorted(every, key=lambda signed: signed.version)
    for signed in versions:
        demand_as_signed(signed.values, signed.digest, read.pk)
    return versions


def demand_as_signed(values: str, digest: str, read: int) -> None:
    """AlteredValues unless these are the bytes that were signed."""
    if hashlib.sha256(values.encode()).hexdigest() != digest:
        raise AlteredValues(f"Signed values of read {read} differ from what was signed.")


def one_of_each_step(versions: Sequence[SignedValues]) -> list[SignedValues]:
    """The last of the given versions of each step, in the order of the steps."""
    last = {signed.step.position: signed for signed in versions}
    return [last[position] for position in sorted(last)]


def load(read: Read, signed: Sequence[SignedValues], instrument: Instrument, frozen: FrozenCase) -> SignedRead:
    """The values of a read as timepoints x items in true order: as signed, and as first signed."""
    visits = visits_of(read)
    series = series_of(read, signed, visits, instrument, frozen)
    first = series
    if any(step.version > 1 for step in signed):
        begun = [step for step in first_values(read) if step.step.counts]
        first = series_of(read, begun, visits, instrument, frozen)
    return SignedRead(read, series, tuple(step.digest for step in signed), first)


def series_of(
    read: Read, signed: Sequence[SignedValues], visits: dict[str, int], instrument: Instrument, frozen: FrozenCase
) -> Series:
    """The given values of a read as timepoints x items in true order."""
    places = {timepoint.visit: place for place, timepoint in enumerate(frozen.timepoints)}
    values = np.full((len(places), len(instrument.items)), np.nan)
    operated = np.zeros(values.shape, dtype=bool)
    for step in signed:
        for token, entered in step.timepoints.items():
            fill(instrument, values[places[visits[token]]], operated[places[visits[token]]], entered["values"])
    return Series(read.reader_id, values, operated)


def fill(instrument: Instrument, values: Any, operated: Any, entered: dict[str, list[Any]]) -> None:
    """One timepoint's entries into its rows."""
    for item, (value, reason, _) in entered.items():
        column = instrument.positions[item]
        if value is not None:
            values[column] = value
        elif instrument.reason(reason).operated:
            operated[column] = True


def visits_of_timepoints(timepoints: Collection[int]) -> dict[int, int]:
    """The visit of each of these timepoints, by their ids, from the sealed table."""
    sealed = SealedTimepoint.objects.filter(timepoint__in=timepoints)
    return {timepoint: visit for timepoint, _, visit in unsealed(sealed)}


def visits_of(read: Read) -> dict[str, int]:
    """The visit of each timepoint of a read, from the sealed table."""
    return {
        one.token: int(unseal(one.sealedtimepoint.sealed, bound_to=f"timepoint {one.token}")["visit"])
        for step in read.steps.all()
        for one in step.timepoints.all()
    }


def visits_of_reads(reads: Sequence[int]) -> dict[str, int]:
    """The visit of each timepoint of several reads, by token."""
    sealed = SealedTimepoint.objects.filter(timepoint__step__read__in=reads)
    return {token: visit for _, token, visit in unsealed(sealed)}


def unsealed(sealed: QuerySet[SealedTimepoint]) -> Iterator[tuple[int, str, int]]:
    """Id, token and visit of each of these timepoints."""
    for timepoint, token, content in sealed.values_list("timepoint_id", "timepoint__token", "sealed"):
        yield timepoint, token, int(unseal(content, bound_to=f"timepoint {token}")["visit"])
