"""The job that computes a case's result once its reads are signed: consensus, or discordant, then adjudicated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import instruments
from audit.trail import Actor, audited_atomic, record
from instruments.definition import Instrument
from instruments.missing import MissingRule
from jobs.queue import Lease
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.frozen_films import FrozenCase
from reading.charter.planned_windows import baseline_of
from reading.charter.terms import MEAN_OF_ALL, Terms
from reading.charter.versions import terms_of
from reading.issuing.assignments import move_case
from reading.issuing.queries import released_reads, waits_for_a_batch
from reading.models import Case, CaseStatus, ReadKind
from scoring import training
from scoring.consensus.discordance import Discordance, PlacePair, choose_readers, compare_readers
from scoring.consensus.panel import THIRD_READ, Panel
from scoring.consensus.results import chosen_readers, mean_of, numbers_of, numbers_of_reads
from scoring.consensus.rules import rule_of
from scoring.consensus.sealed_result import sealed_result
from scoring.consensus.signed_series import SignedRead, signed_reads
from scoring.consensus.third_read import ask_for_third_read
from scoring.models import CaseResult, Outcome
from studies.models import Visit

ACTOR = Actor.system("consensus")
MEAN_OF_TWO = "mean-of-two"
STATUS = {
    Outcome.CONSENSUS: CaseStatus.CONSENSUS,
    Outcome.DISCORDANT: CaseStatus.DISCORDANT,
    Outcome.ADJUDICATED: CaseStatus.ADJUDICATED,
}


@dataclass(frozen=True)
class Computed:
    """A result before it is written; `panel` holds the values of everyone whose read is used.

    `interval` is that over which a rule compared the readers' changes; (0, 0) without an adjudication.
    """

    outcome: Outcome
    rule: str
    readers: tuple[int, ...]
    inputs: tuple[str, ...]
    trigger: Discordance
    numbers: dict[str, Any]
    panel: Panel
    interval: PlacePair


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Computes the result of {"case": id} from the signed values of its reads."""
    case = Case.objects.select_related("campaign__charter", "campaign__trial").get(pk=payload["case"])
    if case.campaign.trains:
        training.carry(case, lease)
        return
    computed = compute(case)
    with audited_atomic():
        lease.finish()
        if computed is not None:
            keep(case, computed)


def compute(case: Case) -> Computed | None:
    """The result of a case from its signed reads; None if it is voided or waits for a primary read or for queries.

    The released batches are asked for before the reads: if one of them returned a read, it is seen as returned.
    """
    released = released_reads(case)
    reads = list(case.reads.counting().select_related("reader").order_by("pk"))
    if waits_for_a_batch(case, reads, released):
        return None
    terms, frozen = terms_of(case.campaign.charter), open_case_seal(case)
    adjudicated = any(read.kind == ReadKind.ADJUDICATION for read in reads)
    interval = reference_interval(terms, frozen, baseline_of(case.campaign)) if adjudicated else (0, 0)
    return compute_from(case, signed_reads(reads, instruments.get(terms.instrument), frozen), interval)


def compute_from(case: Case, signed: Sequence[SignedRead], interval: PlacePair) -> Computed | None:
    """The same from its signed reads in order of issue, and the interval over which an adjudicated case is judged."""
    terms = terms_of(case.campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    primary = [one for one in signed if one.read.kind == ReadKind.PRIMARY]
    if case.status == CaseStatus.VOIDED or len(primary) < terms.readers_per_case:
        return None
    adjudication = [one for one in signed if one.read.kind == ReadKind.ADJUDICATION]
    series, third_read = [one.series for one in primary], terms.partial_visits == THIRD_READ
    trigger = compare_readers(instrument, series, rule, threshold_of(terms), third_read)
    return decide(instrument, terms, rule, interval, primary, adjudication, trigger)


def threshold_of(terms: Terms) -> Fraction | None:
    """The charter's threshold; None where no case is adjudicated."""
    return Fraction(str(terms.adjudication_threshold)) if terms.adjudicates else None


def decide(
    instrument: Instrument,
    terms: Terms,
    rule: MissingRule,
    interval: PlacePair,
    primary: Sequence[SignedRead],
    adjudication: Sequence[SignedRead],
    trigger: Discordance,
) -> Computed:
    """Concordant: the mean of the readers. Discordant: waits, or the charter's result rule with a third read.

    `interval` is that over which the rule compares the readers' changes.
    """
    used, outcome, result_rule = list(primary), Outcome.CONSENSUS, MEAN_OF_TWO if terms.adjudicates else MEAN_OF_ALL
    readers = tuple(one.series.reader for one in primary)
    if trigger.is_discordant:
        outcome, result_rule = Outcome.DISCORDANT, "waiting"
    if trigger.is_discordant and adjudication:
        used = [*primary, adjudication[0]]
        outcome, result_rule = Outcome.ADJUDICATED, terms.result_rule
        readers = choose_readers(
            instrument,
            [one.series for one in used],
            result_rule=terms.result_rule,
            missing_rule=rule,
            interval=interval,
            adjudicator=adjudication[0].series.reader,
        )
    inputs = tuple(sorted(digest for one in used for digest in one.digests))
    panel = Panel(tuple(one.series for one in used), readers, terms.partial_visits)
    numbers = stored_numbers(instrument, rule, used, None if outcome == Outcome.DISCORDANT else panel)
    numbers["first_discordant"] = first_trigger(instrument, rule, primary, trigger).is_discordant
    return Computed(outcome, result_rule, readers, inputs, trigger, numbers, panel, interval)


def stored_numbers(
    instrument: Instrument, rule: MissingRule, used: Sequence[SignedRead], panel: Panel | None
) -> dict[str, Any]:
    """Each reader's numbers and the mean of the same readers, by the values signed last and by those signed first.

    Without a panel the case waits, and there is no result.
    """
    every = numbers_of_reads(instrument, [one.series for one in used], rule)
    last = {str(one.series.reader): numbers for one, numbers in zip(used, every, strict=True)}
    again = {str(one.first.reader): numbers_of(instrument, one.first, rule) for one in used if one.is_corrected}
    first = last | again
    chosen = chosen_readers(panel, last) if panel else None
    result, first_result = (mean_of(numbers, chosen) if chosen else None for numbers in (last, first))
    return {"readers": last, "result": result, "first": first, "first_result": first_result}


def first_trigger(
    instrument: Instrument, rule: MissingRule, primary: Sequence[SignedRead], trigger: Discordance
) -> Discordance:
    """The charter's trigger on the values that the readers signed first."""
    if not any(one.is_corrected for one in primary):
        return trigger
    return compare_readers(instrument, [one.first for one in primary], rule, trigger.threshold, trigger.third_read)


def reference_interval(terms: Terms, frozen: FrozenCase, baseline: str | None) -> PlacePair:
    """The places of the baseline of the analysis and of the charter's reference visit among the visits of a case.

    A case without the baseline begins with its first visit; one without the reference visit, or with it no later than
    the baseline, ends with its last.
    """
    known = dict(Visit.objects.filter(pk__in=[t.visit for t in frozen.timepoints]).values_list("pk", "code"))
    codes = [known[t.visit] for t in frozen.timepoints]
    start = codes.index(baseline) if baseline in codes else 0
    end = codes.index(terms.reference_visit) if terms.reference_visit in codes else 0
    return start, end if end > start else len(codes) - 1


def keep(case: Case, computed: Computed) -> None:
    """Writes the result once per set of inputs, moves the case, requests adjudication. Inside a transaction.

    A stopped case whose returned reads count again as signed gets its result back.
    Each time is recorded in the audit trail: a control recomputed with the same result looks like an adjudication.
    """
    cases = Case.objects.select_for_update(of=("self",))
    locked = cases.select_related("campaign__charter", "campaign__trial").get(pk=case.pk)
    if locked.status == CaseStatus.VOIDED:
        return
    results, before = CaseResult.objects.filter(case=locked), locked.status
    new = not results.filter(inputs_digest=inputs_digest(computed)).exists()
    if new:
        result = write_result(locked, computed, results.count() + 1)
    if (new or locked.consent_withdrawn) and locked.status != STATUS[computed.outcome]:
        follow(locked, computed.outcome)
    record(
        action="scoring.result.computed",
        actor=ACTOR,
        stream=locked.campaign.trial.code,
        subject=("reading.case", str(locked.pk)),
        changes={"status": [before, locked.status]},
        details={
            "number": locked.number,
            "outcome": computed.outcome,
            "rule": computed.rule,
            "inputs": list(computed.inputs),
        },
        rows=[result] if new else [],
        tracked=[locked] if locked.status != before else [],
    )
    if new:
        ask_for_third_read(locked, computed.outcome, ACTOR)


def write_result(case: Case, computed: Computed, version: int) -> CaseResult:
    """The row of a result."""
    return CaseResult.objects.create(
        case=case,
        version=version,
        outcome=computed.outcome,
        rule=computed.rule,
        inputs=list(computed.inputs),
        inputs_digest=inputs_digest(computed),
        trigger=trigger_json(computed.trigger),
        sealed=sealed_result(
            case=case.pk,
            version=version,
            readers=computed.readers,
            numbers=computed.numbers,
            one_sided=computed.trigger.one_sided,
            interval=computed.interval,
        ),
    )


def follow(case: Case, outcome: Outcome) -> None:
    """Moves the case to the state that its result gives; an adjudicated case first becomes discordant."""
    if outcome == Outcome.ADJUDICATED and case.status == CaseStatus.OPEN:
        move_case(case, CaseStatus.DISCORDANT)
    move_case(case, STATUS[outcome])


def inputs_digest(computed: Computed) -> str:
    """One result for one set of signed inputs, rule and readers."""
    text = json.dumps([computed.outcome, computed.rule, computed.readers, computed.inputs], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def trigger_json(trigger: Discordance) -> dict[str, Any]:
    """The trigger as stored: fractions as text; which timepoints are one-sided is sealed."""
    stored = asdict(trigger)
    return {
        "largest": None if stored["largest"] is None else str(trigger.largest),
        "threshold": None if trigger.threshold is None else str(trigger.threshold),
        "discordant": trigger.is_discordant,
    }
