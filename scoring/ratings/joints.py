"""The grades of the primary readers of a campaign at every item and visit, as first signed. Without arms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

import instruments
from instruments.definition import Instrument, Item
from instruments.not_assessable import ABSENT
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind, ReadStatus, SignedValues
from scoring.agreement.joints import JointAgreement, joint_agreement
from scoring.consensus.signed_series import demand_as_signed, visits_of_reads
from scoring.ratings.campaign import Values, compared_in, readers_of
from scoring.ratings.visits import CaseVisits, case_visits
from studies.models import Visit


@dataclass(frozen=True, eq=False)
class JointGrades:
    """Grades (cases x reads x visits x items, NaN for none) and whether a film was shown; reads by time of signing.

    A case has two or three reads; with three, agreement is counted over every pair of reads of a case.
    """

    instrument: Instrument
    cases: list[Case]
    visits: CaseVisits
    grades: Values
    shown: npt.NDArray[np.bool_]

    def agreement(self, end: str) -> list[tuple[Item, JointAgreement]]:
        """Every item with its agreement at a visit and in the change from baseline."""
        at = self.visits.every.index(end)
        status, change = self.grades[:, :, at], self.grades[:, :, at] - self.grades[:, :, 0]
        grades, changes, shown = (every_two(one) for one in (status, change, self.shown[:, :, at]))
        pairs = comb(self.grades.shape[1], 2)
        return list(zip(self.instrument.items, joint_agreement(grades, changes, shown, pairs), strict=True))

    def differing(self, item: str, end: str) -> list[tuple[Case, list[tuple[float | None, float | None]]]]:
        """Cases in which the reads differ at an item, the largest difference first: one (baseline, end) per read."""
        at, column = self.visits.every.index(end), self.instrument.positions[item]
        pairs = self.grades[:, :, [0, at], column]
        high, low = (np.where(np.isnan(pairs), end, pairs) for end in (-np.inf, np.inf))
        apart = (high.max(axis=1) - low.min(axis=1)).max(axis=1)
        order = [row for row in np.argsort(-apart, kind="stable") if apart[row] > 0]
        return [(self.cases[row], [(known(first), known(last)) for first, last in pairs[row]]) for row in order]


def every_two(of_reads: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Every pair of reads of each case as a row of two: cases x reads x items to pairs x 2 x items."""
    pairs = combinations(range(of_reads.shape[1]), 2)
    return np.concatenate([of_reads[:, list(pair)] for pair in pairs])


def known(grade: float) -> float | None:
    """A grade, or None."""
    return None if np.isnan(grade) else float(grade)


def joint_grades(campaign: Campaign) -> JointGrades:
    """The grades of every compared case with a signed primary read; six queries at any size."""
    instrument = instruments.get(terms_of(campaign.charter).instrument)
    cases = list(compared_in(campaign).order_by("number"))
    visits, each = case_visits(campaign, cases), readers_of(campaign)
    slots = primary_slots(cases, each)
    rows = {case.pk: row for row, case in enumerate(cases)}
    shape = (len(cases), each, len(visits.every), len(instrument.items))
    found = JointGrades(instrument, cases, visits, np.full(shape, np.nan), np.zeros(shape, dtype=bool))
    visit_of = visits_of_reads(list(slots))
    codes = dict(Visit.objects.filter(pk__in=set(visit_of.values())).values_list("pk", "code"))
    place_of = {code: place for place, code in enumerate(visits.every)}
    for read, values in first_signed(slots):
        case, slot = slots[read]
        for token, entered in json.loads(values)["timepoints"].items():
            place = rows[case], slot, place_of[codes[visit_of[token]]]
            fill(instrument, found, place, entered["values"])
    return found


def fill(instrument: Instrument, found: JointGrades, place: tuple[int, int, int], entered: dict[str, Any]) -> None:
    """One timepoint's entries."""
    graded = {key: value for key, (value, _, _) in entered.items() if value is not None}
    found.shown[place][columns_of(instrument, entered)] = [reason != ABSENT.code for _, reason, _ in entered.values()]
    found.grades[place][columns_of(instrument, graded)] = list(graded.values())


def columns_of(instrument: Instrument, items: Iterable[str]) -> list[int]:
    """The columns of these items."""
    return [instrument.positions[item] for item in items]


def primary_slots(cases: list[Case], each: int) -> dict[int, tuple[int, int]]:
    """Case and index, from 0 in order of signing, of each signed primary read; at most `each` of a case."""
    live = [case.pk for case in cases]
    signed = Read.objects.filter(case__in=live, kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    taken: dict[int, int] = {}
    slots: dict[int, tuple[int, int]] = {}
    for read, case in signed.order_by("signed_at", "pk").values_list("pk", "case_id"):
        slot = taken.get(case, 0)
        taken[case] = slot + 1
        if slot < each:
            slots[read] = (case, slot)
    return slots


def first_signed(reads: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Read and first signed values of each step that counts; AlteredValues where they differ from their digest."""
    signed = SignedValues.objects.filter(step__read__in=list(reads), step__counts=True).order_by("version")
    seen = set()
    for step, read, values, digest in signed.values_list("step_id", "step__read_id", "values", "digest"):
        if step in seen:
            continue
        seen.add(step)
        demand_as_signed(values, digest, read)
        yield read, values
