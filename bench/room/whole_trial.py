"""A whole trial that was read, written to the tables in bulk: the demo's people, and any number of subjects.

One subject in twenty is not finished; the others can be in a campaign. Reads are issued by the real job; their values
and results come from the real calculation, without its events. Imported after django.setup().
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

import instruments
from audit.trail import Actor
from bench.room.planned import AT_ONCE, add_films, add_subjects, chunks
from bench.room.unfinished import add_unfinished
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.versions import draft_charter, sign_charter, terms_of
from reading.issuing.adjudication import ask_adjudicators
from reading.issuing.assignments import request_batch
from reading.models import (
    Campaign,
    Case,
    CaseStatus,
    DisplayedTimepoint,
    ItemScore,
    LeakScan,
    LeakScanStatus,
    Qualification,
    Read,
    ReadKind,
    ReadStatus,
    ReadStep,
    SignedValues,
)
from rehearsal.demo import people as cast
from rehearsal.demo.planning import plan_trial
from scoring.consensus.case_result import STATUS, compute, inputs_digest, trigger_json
from scoring.consensus.sealed_result import sealed_result
from scoring.models import CaseResult
from studies.models import Trial, VisitPlan
from studies.plan.visits import plan_visit

COORDINATOR = cast.COORDINATOR
READERS = ("reader.one@demo.example", "reader.two@demo.example")


class WholeTrial:
    """One campaign of a trial of this many subjects, or of its first cases, issued and read on request.

    `later` are visits after those of the demo's plan: code, label and day.
    """

    def __init__(
        self,
        subjects: int,
        cases: int | None = None,
        instrument: str = "larsen-1995",
        threshold: float = 30.0,
        later: Sequence[tuple[str, str, int]] = (),
    ) -> None:
        self.people = cast.make_accounts()
        planned = plan_trial()
        self.trial: Trial = planned.trial
        for code, label, day in later:
            plan_visit(trial=self.trial, code=code, label=label, target_day=day, actor=cast.SYSTEM)
        cast.admit(self.trial, planned.sites["01"], self.people)
        every = add_subjects(self.trial, subjects)
        finished = [subject for place, subject in enumerate(every) if place % 20 != 1]
        add_films(self.trial, finished)
        add_unfinished(self.trial, every[1::20], self.people[COORDINATOR].pk)
        self.subjects = finished[:cases]
        self.campaign = self.opened(instrument, threshold)

    @property
    def coordinator(self) -> Actor:
        """The coordinator."""
        return cast.actor(self.people, COORDINATOR)

    def opened(self, instrument: str, threshold: float) -> Campaign:
        """The campaign, made with its charter by the real functions."""
        terms = {"instrument": instrument, "adjudication_threshold": threshold, "concordant_share": 0.0}
        charter = draft_charter(trial=self.trial, actor=self.coordinator, terms=terms)
        user = self.people[COORDINATOR]
        charter = sign_charter(charter=charter, actor=self.coordinator, user=user, password=cast.PASSWORD)
        campaign = create_campaign(
            trial=self.trial, actor=self.coordinator, charter=charter, code="BENCH", title="Bench"
        )
        for email in READERS:
            reader = self.people[email]
            Qualification.objects.get_or_create(
                trial=self.trial, reader=reader, instrument=instrument, defaults={"evidence": "bench"}
            )
        LeakScan.objects.create(campaign=campaign, number=1, status=LeakScanStatus.CLEAN)
        visits = list(VisitPlan.objects.filter(trial=self.trial).values_list("code", flat=True))
        open_campaign(campaign=campaign, actor=self.coordinator, subjects=self.subjects, visits=visits)
        campaign.refresh_from_db()
        return campaign

    def issue(self) -> int:
        """Issues every case to both readers with the real job; returns the number of reads."""
        readers = [self.people[email] for email in READERS]
        size = len(self.subjects)
        request_batch(
            campaign=self.campaign, actor=self.coordinator, name="All", due_on=None, readers=readers, size=size
        )
        run_due_jobs(kinds=frozenset({"reading.issue"}))
        return Read.objects.filter(case__campaign=self.campaign).count()

    def read(self, cases: int) -> None:
        """Signed values for every read of the last of the cases, this many, and the result of each."""
        chosen = self.campaign.cases.select_related("campaign__charter", "campaign__trial").order_by("-pk")[:cases]
        for some in chunks(list(chosen), 100):
            reads = Read.objects.filter(case__in=some).select_related("case__campaign__charter")
            sign_in_bulk(list(reads.order_by("pk")))
            results_in_bulk(some)

    def adjudicate(self) -> int:
        """A signed third read for every discordant case, issued by the real job; returns the number."""
        ask_adjudicators(campaign=self.campaign, actor=self.coordinator)
        run_due_jobs(kinds=frozenset({"reading.issue"}))
        discordant = self.campaign.cases.filter(status=CaseStatus.DISCORDANT)
        cases = list(discordant.select_related("campaign__charter", "campaign__trial").order_by("pk"))
        for some in chunks(cases, 100):
            reads = Read.objects.filter(case__in=some, kind=ReadKind.ADJUDICATION)
            sign_in_bulk(list(reads.select_related("case__campaign__charter").order_by("pk")))
            results_in_bulk(some, version=2)
        return len(cases)


def sign_in_bulk(reads: Sequence[Read]) -> None:
    """A value for every item of every timepoint of these reads, and their signed steps."""
    now = timezone.now()
    steps = ReadStep.objects.filter(read__in=reads).prefetch_related("timepoints__films").order_by("pk")
    by_pk = {read.pk: read for read in reads}
    scores: list[ItemScore] = []
    signed: list[SignedValues] = []
    for step in steps:
        values = {one.token: entered(by_pk[step.read_id], one, now, scores) for one in step.timepoints.all()}
        signed.append(signed_step(by_pk[step.read_id], step, values))
    ItemScore.objects.bulk_create(scores, AT_ONCE)
    SignedValues.objects.bulk_create(signed)
    ReadStep.objects.filter(read__in=reads).update(opened_at=now, locked_at=now)
    Read.objects.filter(pk__in=by_pk).update(status=ReadStatus.SIGNED, opened_at=now, signed_at=now)


def entered(read: Read, one: DisplayedTimepoint, now: datetime, scores: list[ItemScore]) -> dict[str, Any]:
    """One timepoint's values as they are signed; the rows are added to `scores`."""
    instrument = instruments.get(terms_of(read.case.campaign.charter).instrument)
    dice = random.Random(one.pk)
    values = {}
    for item in instrument.items:
        grade = dice.choice((0, 0, 0, 1, max(item.allowed)))
        values[item.key] = [grade, "", 1]
        row = ItemScore(timepoint=one, item=item.key, revision=1, value=grade, entry="key", op_id=new_token())
        row.captured_at = row.saved_at = now
        scores.append(row)
    films = {f"{film.view}-{film.side}": film.reader_image_id or "" for film in one.films.all()}
    return {"letter": one.letter, "films": films, "values": values}


def signed_step(read: Read, step: ReadStep, timepoints: dict[str, Any]) -> SignedValues:
    """The signed values of a step, under the signature of the charter: it is not verified here."""
    text = json.dumps({"read": read.token, "step": step.position, "timepoints": timepoints}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    signature = read.case.campaign.charter.signature
    return SignedValues(step=step, version=1, values=text, digest=digest, signature=signature)


def results_in_bulk(cases: Sequence[Case], version: int = 1) -> None:
    """The result of each case."""
    rows = []
    for case in cases:
        computed = compute(case)
        if computed is None:
            continue
        sealed = sealed_result(
            case=case.pk,
            version=version,
            readers=computed.readers,
            numbers=computed.numbers,
            one_sided=computed.trigger.one_sided,
            interval=computed.interval,
        )
        rows.append(
            CaseResult(
                case=case,
                version=version,
                outcome=computed.outcome,
                rule=computed.rule,
                inputs=list(computed.inputs),
                inputs_digest=inputs_digest(computed),
                trigger=trigger_json(computed.trigger),
                sealed=sealed,
            )
        )
        Case.objects.filter(pk=case.pk).update(status=STATUS[computed.outcome])
    CaseResult.objects.bulk_create(rows)
