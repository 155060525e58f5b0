"""The grades of the primary readers of a campaign at every item and visit, as first signed. No arms are held."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import instruments
from instruments.definition import ABSENT, Instrument, Item
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind, ReadStatus, SignedValues
from scoring.agreement.joints import JointAgreement, joint_agreement
from scoring.consensus.signed_series import demand_as_signed, visits_of_reads
from scoring.ratings.campaign import PRIMARIES, Values
from scoring.ratings.visits import CaseVisits, case_visits
from studies.models import Visit


@dataclass(frozen=True, eq=False)
class JointGrades:
    """Grades (cases x 2 reads x visits x items, NaN for none) and where a film was shown; reads by time of signing."""

    instrument: Instrument
    cases: list[Case]
    visits: CaseVisits
    grades: Values
    shown: npt.NDArray[np.bool_]

    def agreement(self, end: str) -> list[tuple[Item, JointAgreement]]:
        """Every item with its agreement at a visit and in the change from baseline."""
        at = self.visits.every.index(end)
        status, change = self.grades[:, :, at], self.grades[:, :, at] - self.grades[:, :, 0]
        return list(zip(self.instrument.items, joint_agreement(status, change, self.shown[:, :, at]), strict=True))

    def differing(self, item: str, end: str) -> list[tuple[Case, list[tuple[float | None, float | None]]]]:
        """Cases in which the two reads differ at an item, the largest difference first: a (baseline, end) a read."""
        at, column = self.visits.every.index(end), self.instrument.positions[item]
        pairs = self.grades[:, :, [0, at], column]
        apart = np.nan_to_num(np.abs(pairs[:, 0] - pairs[:, 1])).max(axis=1)
        order = [row for row in np.argsort(-apart, kind="stable") if apart[row] > 0]
        return [(self.cases[row], [(known(first), known(last)) for first, last in pairs[row]]) for row in order]


def known(grade: float) -> float | None:
    """A grade; None where there is none."""
    return None if np.isnan(grade) else float(grade)


def joint_grades(campaign: Campaign) -> JointGrades:
    """The grades of every live case with a signed primary read; six queries at any size."""
    instrument = instruments.get(terms_of(campaign.charter).instrument)
    cases = list(campaign.cases.live().order_by("number"))
    visits, slots = case_visits(cases), primary_slots(cases)
    rows = {case.pk: row for row, case in enumerate(cases)}
    shape = (len(cases), PRIMARIES, len(visits.every), len(instrument.items))
    found = JointGrades(instrument, cases, visits, np.full(shape, np.nan), np.zeros(shape, dtype=bool))
    visit_of = visits_of_reads(list(slots))
    codes = dict(Visit.objects.filter(pk__in=set(visit_of.values())).values_list("pk", "code"))
    for read, values in first_signed(slots):
        case, slot = slots[read]
        for token, entered in json.loads(values)["timepoints"].items():
            place = rows[case], slot, visits.every.index(codes[visit_of[token]])
            fill(instrument, found, place, entered["values"])
    return found


def fill(instrument: Instrument, found: JointGrades, place: tuple[int, int, int], entered: dict[str, Any]) -> None:
    """One timepoint's entries."""
    for key, (value, reason, _) in entered.items():
        column = instrument.positions[key]
        found.shown[(*place, column)] = reason != ABSENT.code
        if value is not None:
            found.grades[(*place, column)] = value


def primary_slots(cases: list[Case]) -> dict[int, tuple[int, int]]:
    """Case and place, 0 or 1 in order of signing, of each signed primary read."""
    signed = Read.objects.filter(case__in=cases, kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    taken: dict[int, int] = {}
    slots: dict[int, tuple[int, int]] = {}
    for read, case in signed.order_by("signed_at", "pk").values_list("pk", "case_id"):
        slot = taken.get(case, 0)
        taken[case] = slot + 1
        if slot < PRIMARIES:
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
