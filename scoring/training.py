"""The result of signed training reads: their marks and, once a reader has signed every case, the reader's agreement.

Called by the job that computes consensus in other campaigns; training has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from accounts.models import User
from audit.trail import Actor, audited_atomic, record
from instruments.definition import Instrument
from instruments.missing import MissingRule
from jobs.lease import Lease
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.frozen_films import FrozenCase
from reading.campaigns.reference_table import Scores
from reading.campaigns.training import record_event, reference_of
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Qualification, Read, ReadStatus, TrainingMarks, TrainingResult
from reading.room.cells import instrument_of_campaign
from scoring.agreement.icc import icc
from scoring.consensus.discordance import Series
from scoring.consensus.results import numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import SignedRead, counting_values, fill, load, visits_of

ACTOR = Actor.system("training")
Pairs = list[tuple[float, float]]


@dataclass(frozen=True)
class Compared:
    """A reader compared with the reference: totals at every timepoint, changes from the first, and every cell."""

    status: Pairs
    change: Pairs
    cells: Pairs


@dataclass(frozen=True)
class Assessed:
    """A reader's result before it is written."""

    reader: User
    digest: str
    figures: dict[str, Any]
    passed: bool


def carry(case: Case, lease: Lease) -> None:
    """Marks the case's signed reads; assesses every reader who has signed the whole campaign."""
    campaign, reference = case.campaign, reference_of(case)
    signed = list(case.reads.counting().filter(status=ReadStatus.SIGNED, marks=None))
    marks = [TrainingMarks(read=read, reference=beside(read, reference)) for read in signed]
    assessed = [assess(campaign, reader) for reader in readers_done(campaign)]
    with audited_atomic():
        lease.finish()
        keep_marks(case, marks)
        for one in assessed:
            keep(campaign, one)


def keep_marks(case: Case, marks: Sequence[TrainingMarks]) -> None:
    """Stores the marks that no other job has stored meanwhile. Inside a transaction."""
    Case.objects.select_for_update().get(pk=case.pk)
    there = set(TrainingMarks.objects.filter(read__case=case).values_list("read_id", flat=True))
    fresh = TrainingMarks.objects.bulk_create(one for one in marks if one.read_id not in there)
    if fresh:
        record_event(case.campaign, "reading.training-reads.compared", ACTOR, {"reads": len(fresh)}, fresh)


def beside(read: Read, reference: dict[int, Scores]) -> dict[str, Scores]:
    """The reference of each timepoint of a read."""
    return {token: reference[visit] for token, visit in visits_of(read).items()}


def readers_done(campaign: Campaign) -> list[User]:
    """Those who have every live case of the campaign and have signed them all."""
    cases = set(campaign.cases.live().values_list("pk", flat=True))
    reads = Read.objects.counting().filter(case__in=cases, status=ReadStatus.SIGNED)
    signed: dict[int, set[int]] = {}
    for reader, case in reads.values_list("reader_id", "case_id"):
        signed.setdefault(reader, set()).add(case)
    done = [reader for reader, held in signed.items() if held == cases]
    return list(User.objects.filter(pk__in=done).order_by("pk"))


def assess(campaign: Campaign, reader: User) -> Assessed:
    """Agreement of the signed values with the reference: ICC(2,1) of status and of change, single cells, bias."""
    instrument, rule = instrument_of_campaign(campaign), rule_of(terms_of(campaign.charter))
    whole = Compared([], [], [])
    digests: list[str] = []
    for case in campaign.cases.live():
        frozen, read = open_case_seal(case), case.reads.counting().get(reader=reader)
        signed = load(read, counting_values(read), instrument, frozen)
        add_case(whole, instrument, rule, signed, reference_series(instrument, frozen, reference_of(case)))
        digests += signed.digests
    figures = figures_of(whole)
    limits = campaign.training
    passed = all(
        figures[name] is not None and figures[name] >= least
        for name, least in (("status_icc", limits.least_status), ("change_icc", limits.least_change))
    )
    return Assessed(reader, hashlib.sha256("".join(sorted(digests)).encode()).hexdigest(), figures, passed)


def reference_series(instrument: Instrument, frozen: FrozenCase, reference: dict[int, Scores]) -> Series:
    """The reference as if a reader had read the case."""
    values = np.full((len(frozen.timepoints), len(instrument.items)), np.nan)
    operated = np.zeros(values.shape, dtype=bool)
    for place, timepoint in enumerate(frozen.timepoints):
        entered = {item: [*score, 1] for item, score in reference[timepoint.visit].items()}
        fill(instrument, values[place], operated[place], entered)
    return Series(0, values, operated)


def add_case(whole: Compared, instrument: Instrument, rule: MissingRule, signed: SignedRead, reference: Series) -> None:
    """The pairs of one case."""
    numbers = [numbers_of(instrument, series, rule) for series in (signed.series, reference)]
    for kind, pairs in (("totals", whole.status), ("changes", whole.change)):
        rows = [[one["total"]["value"] for one in each[kind]] for each in numbers]
        both = zip(*rows, strict=True)
        pairs.extend((float(Fraction(a)), float(Fraction(b))) for a, b in both if a is not None and b is not None)
    ours, theirs = signed.series.values.ravel(), reference.values.ravel()
    known = ~(np.isnan(ours) | np.isnan(theirs))
    whole.cells.extend(zip(ours[known].tolist(), theirs[known].tolist(), strict=True))


def figures_of(whole: Compared) -> dict[str, Any]:
    """Unrounded figures; an ICC that cannot be estimated is None, with its reason beside it."""
    cells = np.array(whole.cells).reshape(-1, 2)
    apart = np.abs(cells[:, 0] - cells[:, 1])
    figures: dict[str, Any] = {
        "cells": len(cells),
        "same": float((apart == 0).mean()) if len(cells) else None,
        "within_one": float((apart <= 1).mean()) if len(cells) else None,
    }
    for name, pairs in (("status", whole.status), ("change", whole.change)):
        found = icc(np.array(pairs, dtype=float).reshape(-1, 2), 2).estimate
        table = np.array(pairs).reshape(-1, 2)
        figures[f"{name}_icc"], figures[f"{name}_why"] = found.value, found.reason
        figures[f"{name}_pairs"] = len(pairs)
        figures[f"{name}_bias"] = float((table[:, 0] - table[:, 1]).mean()) if pairs else None
    return figures


def keep(campaign: Campaign, one: Assessed) -> None:
    """The result, once for these signatures; a pass qualifies the reader. Inside a transaction."""
    if TrainingResult.objects.filter(campaign=campaign, reader=one.reader, inputs_digest=one.digest).exists():
        return
    result = TrainingResult.objects.create(
        campaign=campaign, reader=one.reader, inputs_digest=one.digest, figures=one.figures, passed=one.passed
    )
    record_event(
        campaign,
        "reading.training.assessed",
        ACTOR,
        {"reader": one.reader.pk, "name": str(one.reader), "passed": one.passed},
        [result],
    )
    if one.passed:
        qualify(campaign, result)


def qualify(campaign: Campaign, result: TrainingResult) -> None:
    """The qualification that a campaign requires of its readers, with the dated result as its evidence."""
    instrument = instrument_of_campaign(campaign).key
    if Qualification.objects.filter(
        trial=campaign.trial, reader=result.reader, instrument=instrument, revoked_at=None
    ).exists():
        return
    figures = result.figures
    evidence = (
        f"Training {campaign.code}, {result.taken_at:%Y-%m-%d}: ICC with the reference "
        f"{figures['status_icc']:.2f} for status, {figures['change_icc']:.2f} for change (result {result.pk})"
    )
    made = Qualification.objects.create(
        trial=campaign.trial, reader=result.reader, instrument=instrument, evidence=evidence
    )
    record(
        action="reading.reader.qualified",
        actor=ACTOR,
        stream=campaign.trial.code,
        subject=("accounts.user", str(result.reader_id)),
        details={"reader": str(result.reader), "instrument": instrument, "evidence": evidence},
        tracked=[made],
    )
