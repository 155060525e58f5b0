"""How far each reader agrees with himself: his first reads against their hidden repeats, as ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import instruments
from accounts.models import User
from reading.campaigns.opening import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, Read, ReadKind, ReadStatus
from scoring.agreement.bland_altman import bland_altman
from scoring.agreement.detectable import sdc
from scoring.agreement.icc import icc
from scoring.agreement.report import Cube, plain
from scoring.consensus.results import numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import signed_reads
from scoring.ratings.campaign import ordered_visits, visit_codes

TWICE = ("first read", "repeat")


@dataclass(frozen=True)
class Pair:
    """A signed first read and its signed repeat."""

    first: Read
    repeat: Read


def pairs_of(campaign: Campaign) -> dict[User, list[Pair]]:
    """Each reader's cases that he has signed twice, by reader."""
    signed = Read.objects.filter(case__in=campaign.cases.live(), status=ReadStatus.SIGNED).select_related("reader")
    first = {(read.case_id, read.reader_id): read for read in signed.filter(kind=ReadKind.PRIMARY)}
    pairs: dict[User, list[Pair]] = {}
    for repeat in signed.filter(kind=ReadKind.REPEAT).order_by("reader__name", "case__number"):
        if (repeat.case_id, repeat.reader_id) in first:
            pair = Pair(first[repeat.case_id, repeat.reader_id], repeat)
            pairs.setdefault(repeat.reader, []).append(pair)
    return pairs


def ratings_twice(campaign: Campaign, pairs: Sequence[Pair], group: str = "total") -> Cube:
    """One reader's totals of a group: cases x visits x (first read, repeat); a missing total is NaN."""
    terms = terms_of(campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    cases = list(campaign.cases.filter(pk__in=[pair.first.case_id for pair in pairs]))
    codes, frozen = visit_codes(cases), identities(cases)
    visits = ordered_visits(list(codes.values()))
    values = np.full((len(pairs), len(visits), 2), np.nan)
    for row, pair in enumerate(pairs):
        case = pair.first.case_id
        for column, signed in enumerate(signed_reads([pair.first, pair.repeat], instrument, frozen[case])):
            totals = numbers_of(instrument, signed.series, rule)["totals"]
            for place, visit in enumerate(codes[case]):
                value = totals[place][group]["value"]
                values[row, visits.index(visit), column] = np.nan if value is None else float(Fraction(value))
    return Cube(values, tuple(visits), TWICE)


def own_agreement(cube: Cube) -> dict[str, Any]:
    """ICC(2,1) of status at the last visit and of change to it; bias and smallest detectable change of one read."""
    status = cube.values[:, -1]
    found: dict[str, Any] = {"n": len(cube.values), "visit": cube.visits[-1], "status": plain(icc(status, 2).estimate)}
    if len(cube.visits) > 1:
        change = status - cube.values[:, 0]
        found |= {
            "change": plain(icc(change, 2).estimate),
            "bias": plain(bland_altman(change[:, 1], change[:, 0]).bias),
            "sdc": plain(sdc(change, readers_averaged=1)),
        }
    return found
