"""Intra-reader agreement: each reader's first reads against their hidden repeats, as ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import prefetch_related_objects

import instruments
from accounts.models import User
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.issuing.release import FEWEST_PAIRS
from reading.models import Campaign, Read, ReadKind, ReadStatus
from reading.models.campaign import CaseQuerySet
from scoring.agreement.bland_altman import bland_altman
from scoring.agreement.detectable import sdc
from scoring.agreement.icc import icc
from scoring.agreement.report import Cube, plain
from scoring.agreement.results import Estimate
from scoring.consensus.results import numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import SIGNED, signed_reads
from scoring.ratings.campaign import fill
from scoring.ratings.visits import case_visits

TWICE = ("first read", "repeat")


@dataclass(frozen=True)
class RepeatPair:
    """A signed first read and its signed repeat."""

    first: Read
    repeat: Read


def pairs_of(cases: CaseQuerySet) -> dict[User, list[RepeatPair]]:
    """Each reader's cases with a signed first read and a signed repeat among these, by reader."""
    signed = Read.objects.filter(case__in=cases, status=ReadStatus.SIGNED).select_related("reader")
    first = {(read.case_id, read.reader_id): read for read in signed.filter(kind=ReadKind.PRIMARY)}
    pairs: dict[User, list[RepeatPair]] = {}
    for repeat in signed.filter(kind=ReadKind.REPEAT).order_by("reader__name", "case__number"):
        if (repeat.case_id, repeat.reader_id) in first:
            pair = RepeatPair(first[repeat.case_id, repeat.reader_id], repeat)
            pairs.setdefault(repeat.reader, []).append(pair)
    return pairs


def ratings_twice(campaign: Campaign, pairs: Sequence[RepeatPair], group: str = "total") -> Cube:
    """One reader's totals of a group and changes by the charter's rule: cases x visits x (first read, repeat).

    Uses the first-signed values of both reads: a correction is not an independent read.
    """
    prefetch_related_objects([read for pair in pairs for read in (pair.first, pair.repeat)], *SIGNED)
    terms = terms_of(campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    cases = list(campaign.cases.filter(pk__in=[pair.first.case_id for pair in pairs]))
    visits, frozen = case_visits(campaign, cases), identities(cases)
    values, changes = np.full((2, len(pairs), len(visits.every), 2), np.nan)
    for row, pair in enumerate(pairs):
        case = pair.first.case_id
        start = visits.start(case) or 0
        for column, signed in enumerate(signed_reads([pair.first, pair.repeat], instrument, frozen[case])):
            numbers = numbers_of(instrument, signed.first, rule, start)
            fill(visits, case, numbers, group, values[row, :, column], changes[row, :, column], start)
    return Cube(values, visits.every, TWICE, changes[:, 1:])


def own_agreement(cube: Cube, end: str) -> dict[str, Any]:
    """ICC(2,1) of status at a visit and of change to it; bias and smallest detectable change of one read.

    `n` counts the cases with a change in both reads; a reader without a repeat at the visit has none. An ICC of fewer
    than 30 pairs is not given: its interval would be too wide to judge a reader by.
    """
    unread = np.full((len(cube.values), 2), np.nan)
    status, change = unread, unread
    if end in cube.visits[1:] and cube.changes is not None:
        at = cube.visits.index(end)
        status, change = cube.values[:, at], cube.changes[:, at - 1]
    return {
        "cases": len(cube.values),
        "n": int(np.isfinite(change).all(axis=1).sum()),
        "visit": end,
        "status": plain(enough_for_icc(icc(status, 2).estimate)),
        "change": plain(enough_for_icc(icc(change, 2).estimate)),
        "bias": plain(bland_altman(change[:, 1], change[:, 0]).bias),
        "sdc": plain(sdc(change, readers_averaged=1)),
    }


def enough_for_icc(found: Estimate) -> Estimate:
    """The estimate, or none with the reason if it is based on too few pairs.

    >>> enough_for_icc(Estimate("ICC(2,1)", 0.9, 0.8, 0.95, n=29, k=2)).reason
    'Too few pairs: an ICC needs 30'
    >>> enough_for_icc(Estimate("ICC(2,1)", 0.9, 0.8, 0.95, n=30, k=2)).value
    0.9
    """
    if found.n >= FEWEST_PAIRS:
        return found
    reason = f"Too few pairs: an ICC needs {FEWEST_PAIRS}"
    return replace(found, value=None, lower=None, upper=None, reason=reason)
