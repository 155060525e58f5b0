"""Training campaigns: setting one up, importing its reference scores, issuing its reads, and its results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import both, quoted
from reading.campaigns.case_seals import identities
from reading.campaigns.reference_table import Place, Scores, read_references
from reading.charter.terms import in_words
from reading.charter.versions import MOST_MONTHS, people_in_role
from reading.issuing.allocation import Assignment
from reading.issuing.assignments import ask_for_reads, open_batch
from reading.models import (
    Batch,
    Campaign,
    CampaignStatus,
    Case,
    Read,
    ReadStatus,
    SealedReference,
    TrainingMarks,
    TrainingSet,
)
from reading.room.cells import instrument_of_campaign
from reading.seals import seal, unseal
from reading.states import demand_open, said_of
from studies.models import Subject, Visit

# The targets that the form suggests: ICCs of status and of change, SDC in score units, kappa of each joint.
LEAST_STATUS, LEAST_CHANGE, MOST_SDC, LEAST_KAPPA = 0.8, 0.7, 5.0, 0.4
FEWEST_CASES, VALID_MONTHS = 10, 24
# No figure can be estimated from fewer cases.
SMALLEST = 2
RANGES: dict[str, tuple[str, float, float]] = {
    "least_status": ("minimum ICC for status", 0, 1),
    "least_change": ("minimum ICC for change", 0, 1),
    "most_sdc": ("largest SDC", 0, 448),
    "least_kappa": ("minimum kappa of each joint", 0, 1),
    "fewest_cases": ("fewest cases", SMALLEST, 1000),
    "valid_months": ("months of validity", 1, MOST_MONTHS),
}
TARGETS = ("least_status", "least_change", "most_sdc", "least_kappa")


def make_training(
    *,
    campaign: Campaign,
    actor: Actor,
    least_status: float | None,
    least_change: float | None,
    most_sdc: float | None = None,
    least_kappa: float | None = None,
    fewest_cases: int = SMALLEST,
    valid_months: int | None = None,
) -> TrainingSet:
    """Makes a draft campaign a training campaign, permanently, with the targets for passing; None means no target."""
    authorise(actor, Action.RUN_CAMPAIGN)
    given: dict[str, Any] = {"least_status": least_status, "least_change": least_change, "most_sdc": most_sdc}
    given |= {"least_kappa": least_kappa, "fewest_cases": fewest_cases, "valid_months": valid_months}
    demand_targets(given)
    if campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is already a training campaign.")
    if campaign.status != CampaignStatus.DRAFT:
        raise WrongState(f"{said_of(campaign)} Only a campaign in preparation can be used for training.")
    with audited_atomic():
        made = TrainingSet.objects.create(campaign=campaign, **given)
        details = {in_words(name): value for name, value in given.items() if value is not None}
        record_event(campaign, "reading.training.set-up", actor, details, [made])
    return made


def demand_targets(given: dict[str, Any]) -> None:
    """BadInput unless every number is in range and there is a target."""
    for name, (called, low, high) in RANGES.items():
        value = given[name]
        if value is not None and not low <= value <= high:
            text = f"The {called} cannot be {quoted(value)}. Give a number from {low:g} to {high:g}."
            raise BadInput(text, field=name)
    if all(given[name] is None for name in TARGETS):
        raise BadInput("The training has no target. Give at least one.", field=TARGETS[0])


def bring_references(*, campaign: Campaign, actor: Actor, content: bytes) -> int:
    """Seals the reference scores of every case, once; returns the number of cases."""
    authorise(actor, Action.SEE_READER_SCORES)
    demand_training(campaign)
    cases = list(campaign.cases.live())
    if SealedReference.objects.filter(case__in=cases).exists():
        raise WrongState(f"Campaign {campaign.code} already has its reference scores. They cannot be replaced.")
    places = places_of(cases)
    wanted = [place for visits in places.values() for place in visits.values()]
    found = read_references(content, instrument_of_campaign(campaign), wanted)
    rows = [sealed_reference(case, {visit: found[place] for visit, place in places[case.pk].items()}) for case in cases]
    with audited_atomic():
        SealedReference.objects.bulk_create(rows)
        record_event(campaign, "reading.reference-scores.imported", actor, {"cases": len(rows)}, rows)
    return len(rows)


def places_of(cases: Sequence[Case]) -> dict[int, dict[int, Place]]:
    """The (subject, visit) codes of each case by visit id."""
    frozen = identities(cases)
    subjects = dict(Subject.objects.filter(pk__in=[f.subject for f in frozen.values()]).values_list("pk", "code"))
    ids = [timepoint.visit for films in frozen.values() for timepoint in films.timepoints]
    visits = dict(Visit.objects.filter(pk__in=ids).values_list("pk", "code"))
    return {
        case: {t.visit: (subjects[films.subject], visits[t.visit]) for t in films.timepoints}
        for case, films in frozen.items()
    }


def sealed_reference(case: Case, scores: dict[int, Scores]) -> SealedReference:
    """The row of a case."""
    payload = {str(visit): items for visit, items in scores.items()}
    return SealedReference(case=case, sealed=seal(payload, bound_to=f"reference {case.token}"))


def reference_of(case: Case) -> dict[int, Scores]:
    """The reference scores of a case by visit id: for the assessment of signed reads, never on a reader's path."""
    found = unseal(SealedReference.objects.get(case=case).sealed, bound_to=f"reference {case.token}")
    return {int(visit): items for visit, items in found.items()}


def issue_training(
    *, campaign: Campaign, actor: Actor, name: str, due_on: date | None, readers: Sequence[User]
) -> Batch:
    """Issues every case to each of these readers who does not have it yet, for training towards qualification."""
    authorise(actor, Action.ASSIGN_READS)
    demand_training(campaign)
    able = {person.pk for person in people_in_role(campaign.trial, "reader")}
    for reader in readers:
        if reader.pk not in able:
            raise BadInput(f"Choose readers of this trial. {reader} is not one.", field="readers")
    cases = list(campaign.cases.live())
    if SealedReference.objects.filter(case__in=cases).count() < len(cases):
        raise WrongState(
            f"Campaign {campaign.code} does not have reference scores for every case. "
            "The imaging lead must import them before reads are issued."
        )
    held = set(Read.objects.counting().filter(case__in=cases).values_list("case_id", "reader_id"))
    wanted = [Assignment(c.pk, r.pk) for r in readers for c in cases if (c.pk, r.pk) not in held]
    if not wanted:
        text = f"Every case has already been given to {both(readers)}." if readers else "No reader was chosen."
        raise BadInput(f"{text} Choose readers who do not have every case yet.", field="readers")
    with audited_atomic():
        batch = open_batch(campaign, name, due_on, actor)
        ask_for_reads(batch, wanted)
        record_event(
            campaign, "reading.training-reads.requested", actor, {"readers": len(readers), "reads": len(wanted)}, []
        )
    return batch


def demand_training(campaign: Campaign) -> None:
    """WrongState unless this is an open training campaign."""
    if not campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is not a training campaign. Its reads count.")
    demand_open(campaign, "Training is possible")


def record_event(campaign: Campaign, action: str, actor: Actor, details: dict[str, Any], rows: Sequence[Any]) -> None:
    """One event on the campaign."""
    record(
        action=action,
        actor=actor,
        stream=campaign.trial.code,
        subject=("reading.campaign", str(campaign.pk)),
        details={"campaign": campaign.code, **details},
        rows=list(rows),
    )


def awaits_reference(read: Read) -> bool:
    """Whether this is a signed training read that has not been compared with the reference yet."""
    signed = read.case.campaign.trains and read.status == ReadStatus.SIGNED
    return signed and not TrainingMarks.objects.filter(read=read).exists()


def lay_beside(values: dict[str, dict[str, dict[str, Any]]], read: Read) -> None:
    """Adds the reference to each cell of a signed training read."""
    marks = TrainingMarks.objects.filter(read=read).first()
    for timepoint, items in marks.reference.items() if marks else ():
        for item, (value, reason) in items.items():
            if item in values.get(timepoint, {}):
                values[timepoint][item]["reference"] = {"value": value, "reason": reason}
