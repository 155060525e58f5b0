"""The result of signed training reads: their marks and, once a reader has signed every case, the reader's agreement.

Called by the job that computes consensus in other campaigns; training has none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from accounts.models import User
from audit.trail import Actor, audited_atomic
from instruments.definition import Instrument
from instruments.missing import MissingRule
from jobs.lease import Lease
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.frozen_films import FrozenCase
from reading.campaigns.held_campaigns import held_campaign
from reading.campaigns.reference_table import Scores
from reading.campaigns.training import record_event, reference_of
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadStatus, TrainingMarks, TrainingResult, TrainingSet
from reading.room.cells import instrument_of_campaign
from scoring.agreement.with_reference import BesideReference, Targets, all_met, figures_beside
from scoring.consensus.discordance import Series
from scoring.consensus.results import numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import fill, first_values, series_of, visits_of

ACTOR = Actor.system("training")


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
    assessed = [found for reader in readers_done(campaign) if (found := assess(campaign, reader)) is not None]
    with audited_atomic():
        lease.finish()
        held_campaign(campaign)
        keep_marks(case, marks)
        for one in assessed:
            keep(campaign, one)


def keep_marks(case: Case, marks: Sequence[TrainingMarks]) -> None:
    """Stores the marks that no other job has stored in the meantime. Inside a transaction."""
    Case.objects.select_for_update().get(pk=case.pk)
    there = set(TrainingMarks.objects.filter(read__case=case).values_list("read_id", flat=True))
    fresh = TrainingMarks.objects.bulk_create(one for one in marks if one.read_id not in there)
    if fresh:
        record_event(case.campaign, "reading.training-reads.compared", ACTOR, {"reads": len(fresh)}, fresh)


def beside(read: Read, reference: dict[int, Scores]) -> dict[str, Scores]:
    """The reference of each timepoint of a read."""
    return {token: reference[visit] for token, visit in visits_of(read).items()}


def readers_done(campaign: Campaign) -> list[User]:
    """The readers who have every live case of the campaign and have signed all of them."""
    cases = set(campaign.cases.live().values_list("pk", flat=True))
    reads = Read.objects.counting().filter(case__in=cases, status=ReadStatus.SIGNED)
    signed: dict[int, set[int]] = {}
    for reader, case in reads.values_list("reader_id", "case_id"):
        signed.setdefault(reader, set()).add(case)
    done = [reader for reader, held in signed.items() if held == cases]
    return list(User.objects.filter(pk__in=done).order_by("pk"))


def assess(campaign: Campaign, reader: User) -> Assessed | None:
    """Agreement with the reference, and the targets; None if the reader was assessed before, even with more cases.

    First-signed values are compared: a reader who corrects a read afterwards has seen the reference.
    """
    if assessed_before(campaign, reader):
        return None
    instrument, rule = instrument_of_campaign(campaign), rule_of(terms_of(campaign.charter))
    cases = [(case, open_case_seal(case), case.reads.counting().get(reader=reader)) for case in campaign.cases.live()]
    first = [[step for step in first_values(read) if step.step.counts] for _, _, read in cases]
    digests = sorted(step.digest for steps in first for step in steps)
    digest = hashlib.sha256("".join(digests).encode()).hexdigest()
    signed = [
        series_of(read, steps, visits_of(read), instrument, frozen)
        for (_, frozen, read), steps in zip(cases, first, strict=True)
    ]
    references = [reference_series(instrument, frozen, reference_of(case)) for case, frozen, _ in cases]
    compared = compare(instrument, rule, signed, references)
    items = [item.key for item in instrument.items]
    figures = figures_beside(compared, items, targets_of(campaign.training))
    return Assessed(reader, digest, figures, all_met(figures))


def assessed_before(campaign: Campaign, reader: User) -> bool:
    """Whether the reader has a result in the campaign. It is kept even if a case is voided afterwards."""
    return TrainingResult.objects.filter(campaign=campaign, reader=reader).exists()


def targets_of(training: TrainingSet) -> Targets:
    """The targets of a training campaign."""
    return Targets(
        least_status=training.least_status,
        least_change=training.least_change,
        most_sdc=training.most_sdc,
        least_kappa=training.least_kappa,
        fewest=training.fewest_cases,
    )


def reference_series(instrument: Instrument, frozen: FrozenCase, reference: dict[int, Scores]) -> Series:
    """The reference as if a reader had read the case."""
    values = np.full((len(frozen.timepoints), len(instrument.items)), np.nan)
    operated = np.zeros(values.shape, dtype=bool)
    for place, timepoint in enumerate(frozen.timepoints):
        entered = {item: [*score, 1] for item, score in reference[timepoint.visit].items()}
        fill(instrument, values[place], operated[place], entered)
    return Series(0, values, operated)


def compare(
    instrument: Instrument, rule: MissingRule, signed: Sequence[Series], references: Sequence[Series]
) -> BesideReference:
    """The reader's cases with the reference: totals, changes from the first timepoint, and grades."""
    pairs: dict[str, list[tuple[float, float]]] = {"totals": [], "changes": []}
    cases = Counter[str]()
    for own, reference in zip(signed, references, strict=True):
        numbers = [numbers_of(instrument, series, rule) for series in (own, reference)]
        for kind, known in pairs.items():
            rows = zip(*([one["total"]["value"] for one in each[kind]] for each in numbers), strict=True)
            both = [(float(Fraction(a)), float(Fraction(b))) for a, b in rows if a is not None and b is not None]
            known.extend(both)
            cases[kind] += bool(both)
    return BesideReference(
        cases=len(signed),
        status_cases=cases["totals"],
        change_cases=cases["changes"],
        status=np.array(pairs["totals"]).reshape(-1, 2),
        change=np.array(pairs["changes"]).reshape(-1, 2),
        own=np.vstack([one.values for one in signed]),
        reference=np.vstack([one.values for one in references]),
    )


def keep(campaign: Campaign, one: Assessed) -> None:
    """The result, once for each reader. Inside a transaction that holds the campaign."""
    if assessed_before(campaign, one.reader):
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
