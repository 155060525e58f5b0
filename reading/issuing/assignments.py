"""Assignments: batches, and cases issued again. Each function adds a job that issues the reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.tokens import new_token
from config.transitions import moved
from config.wording import counted, either
from jobs.queue import add
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.campaigns.held_campaigns import hold_to_reissue
from reading.campaigns.opening import add_cases, visits_of
from reading.capture_chains import ended, hold_chains
from reading.charter.unqualified import demand_qualified
from reading.charter.versions import terms_of
from reading.issuing.affiliations import affiliated
from reading.issuing.allocation import Assignment, allocate
from reading.issuing.eligible import decliners, primary_readers, wanted_readers
from reading.issuing.loads import open_loads
from reading.issuing.randomisation import Draw, new_seed
from reading.issuing.release import hidden
from reading.issuing.repeats import able_to_read, repeats_of_a_batch, stock_of
from reading.issuing.requested import requested_readers
from reading.issuing.seeds import batch_with_seed
from reading.issuing.suspensions import demand_reading
from reading.models import Batch, Campaign, Case, CaseStatus, Read, ReadKind, ReadStatus, SealedCase, VoidCause
from reading.models.campaign import CASE_TRANSITIONS
from reading.models.read import COUNTING, READ_TRANSITIONS
from reading.states import CASE_BECOMES, CASE_IS, READ_BECOMES, READ_IS, again_if_same, demand_open, demand_reason
from studies.models import Subject
from studies.naming import checked_choice
from studies.plan.consent import held_without_consent

RECORDED_CAUSES = (VoidCause.FILMS, VoidCause.CONSENT)
CHOSEN_CAUSES = [(cause.value, cause.label) for cause in VoidCause if cause not in RECORDED_CAUSES]


def plan_batch(campaign: Campaign, readers: Sequence[User], size: int) -> list[Assignment]:
    """A draw of the reads that a batch of this size would issue, for the preview and for the request.

    Repeats of these readers whose wash-out is over replace some of the cases.
    """
    held, declined, at_site = primary_readers(campaign), decliners(campaign), affiliated(campaign)
    wanted, people = wanted_readers(campaign, held), [reader.pk for reader in readers]
    repeats = repeats_of_a_batch(campaign, people, size, unread=len(wanted))
    places = len(repeats) // terms_of(campaign.charter).readers_per_case
    first = allocate(
        Draw(new_seed(), "allocation"),
        wanted=wanted,
        excluded={case: frozenset(able | declined[case] | at_site.get(case, set())) for case, able in held.items()},
        readers=people,
        loads=open_loads(campaign) + Counter(one.reader for one in repeats),
        size=size - places,
    )
    unread = Counter(one.reader for one in first)
    return [*first, *hidden([(one.reader, one) for one in repeats], unread)]


def request_batch(
    *,
    campaign: Campaign,
    actor: Actor,
    name: str,
    due_on: date | None,
    readers: Sequence[User],
    size: int,
    reason: str = "",
) -> Batch:
    """Draws cases across sites and completion times, assigns them to qualified readers, and requests the reads.

    Cases kept back for repeats are released only for a reason; repeats without unread cases then lapse.
    """
    authorise(actor, Action.ASSIGN_READS)
    demand_open(campaign, "Batches can be issued")
    if campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is for training. Issue its reads on its training page.")
    largest = terms_of(campaign.charter).batch_size
    if largest and size > largest:
        text = f"The charter allows at most {counted(largest, 'case')} in a batch. You requested {size}."
        raise BadInput(text, field="size")
    demand_reading(campaign.trial, readers)
    demand_qualified(campaign.charter, readers)
    demand_enough_readers(campaign, readers)
    reason = demand_kept_back(campaign, size, reason.strip())
    assignments = plan_batch(campaign, readers, size)
    if not assignments:
        names = either(readers) if readers else "nobody"
        raise BadInput(f"No remaining case can be read by {names}. Choose other readers.")
    with audited_atomic():
        batch = open_batch(campaign, name, due_on, actor, reason)
        ask_for_reads(batch, assignments)
    return batch


def demand_enough_readers(campaign: Campaign, readers: Sequence[User]) -> None:
    """BadInput if there are fewer people than any open case still needs."""
    wanted = wanted_readers(campaign, primary_readers(campaign))
    fewest = min(wanted.values(), default=0)
    if len(readers) < fewest:
        each = terms_of(campaign.charter).readers_per_case
        text = f"The charter requires {each} different readers for each case. You chose {len(readers)}."
        raise BadInput(f"{text} Choose at least {fewest}.", field="readers")


def demand_kept_back(campaign: Campaign, size: int, reason: str) -> str:
    """BadInput if a batch of this size takes cases that are kept back; the reason, if one is needed and given."""
    stock = stock_of(campaign, timezone.now())
    if size <= stock.largest or stock.cases == stock.releasable:
        return ""
    if not reason:
        kept = counted(stock.cases - stock.releasable, "case is", "cases are")
        most = f"At most {counted(stock.largest, 'case')}" if stock.largest else "No case"
        text = f"{most} can be released now: {kept} held back, so that hidden repeats can be mixed with unread cases."
        asked = "Release fewer, or give a reason; repeats without unread cases then lapse."
        raise BadInput(f"{text} {asked}", field="size")
    return reason


def open_batch(campaign: Campaign, name: str, due_on: date | None, actor: Actor, reason: str = "") -> Batch:
    """A batch with its sealed seed and the commitment to it; called inside a transaction."""
    batch, sealed = batch_with_seed(campaign, name=name, due_on=due_on)
    record(
        action="reading.batch.requested",
        actor=actor,
        stream=campaign.trial.code,
        subject=("reading.batch", str(batch.pk)),
        details={"name": name, "commitment": batch.commitment},
        reason=reason,
        rows=[sealed],
        tracked=[batch],
    )
    return batch


def ask_for_reads(batch: Batch, assignments: Sequence[Assignment], name: str = "") -> None:
    """Adds the job that issues these reads; its key begins with the name, by default the batch's."""
    triples = [[one.case, one.reader, str(one.kind)] for one in assignments]
    key = f"{name or f'batch-{batch.pk}'}-{new_token()[:12]}"
    add(kind="reading.issue", key=key, payload={"batch": batch.pk, "assignments": triples})


def move_read(read: Read, to: ReadStatus, **changes: object) -> None:
    """The read's next state, along READ_TRANSITIONS."""
    if not moved(read, to, READ_TRANSITIONS, **changes):
        becomes = READ_BECOMES[to] + again_if_same(read.status, to)
        raise WrongState(f"This read is {READ_IS[read.status]}, so it cannot be {becomes}.")


def move_case(case: Case, to: CaseStatus, **changes: object) -> None:
    """The case's next state, along CASE_TRANSITIONS."""
    if not moved(case, to, CASE_TRANSITIONS, **changes):
        becomes = CASE_BECOMES[to] + again_if_same(case.status, to)
        raise WrongState(f"Case {case.number} is {CASE_IS[case.status]}, so it cannot be {becomes}.")


def void_and_reissue(
    *, case: Case, actor: Actor, user: User, password: str, reason: str, cause: str = VoidCause.OTHER
) -> Case | None:
    """Voids a case (kept, with cause and reason) and issues it again with the current films, new tokens and order.

    The same people read it again. None if too few timepoints remain for the charter's minimum, and in training: the
    new case would have no reference scores. Both acts are signed; the same form sent twice voids once.
    """
    authorise(actor, Action.RETURN_READS)
    demand_reason(reason)
    cause = VoidCause(checked_choice("cause", cause, CHOSEN_CAUSES))
    prove(act=Act.VOID, user=user, password=password)
    campaign = case.campaign
    if voided_before(case, user, cause, reason):
        return Case.objects.filter(replaces=case).first()
    demand_open(campaign, "Cases can be voided")
    subject = Subject.objects.get(pk=open_case_seal(case).subject)
    films = freeze(campaign.trial, subjects=[subject], visits=visits_of(campaign), cut_off=timezone.now())
    with audited_atomic():
        away = held_without_consent({subject.pk})
        hold_to_reissue(campaign, [case])
        Case.objects.select_for_update().get(pk=case.pk)
        if voided_before(case, user, cause, reason):
            return Case.objects.filter(replaces=case).first()
        demand_open(campaign, "Cases can be voided")
        return void_and_issue_again(case, [] if away else films, actor, user, cause, reason)


def void_and_issue_again(
    case: Case, films: Sequence[FrozenCase], actor: Actor, user: User, cause: VoidCause, reason: str
) -> Case | None:
    """Both acts, signed, with these films; None if they are too few, or in training. Called inside a transaction."""
    sign_for_case(Act.VOID, case, actor, user, said_of_void(case, cause, reason))
    requested = requested_readers(case)
    readers = list(dict.fromkeys([*void_case(case, actor, cause, reason), *requested]))
    fewest = terms_of(case.campaign.charter).minimum_timepoints
    if case.campaign.trains or not films or len(films[0].timepoints) < fewest:
        return None
    new = reissue(case, films, readers, actor, user)
    new.refresh_from_db()
    return new


def reissue(case: Case, films: Sequence[FrozenCase], readers: Sequence[int], actor: Actor, user: User) -> Case:
    """Issues the case again to the same readers, signed; called inside the transaction that voids the old one.

    A reader who may receive no new cases does not get it: the case then needs another reader.
    """
    campaign = case.campaign
    number = campaign.cases.count() + 1
    (new,) = add_cases(campaign, films, first_number=number)
    Case.objects.filter(pk=new.pk).update(replaces=case)
    sign_for_case(Act.REISSUE, new, actor, user, statement(case=new.token, replaces=case.token))
    able_now = able_to_read(campaign)
    able = [reader for reader in readers if reader in able_now]
    if able:
        batch = open_batch(campaign, f"Case {number}, issued again", None, actor)
        ask_for_reads(batch, [Assignment(new.pk, reader) for reader in able])
    record(
        action="reading.case.reissued",
        actor=actor,
        stream=campaign.trial.code,
        subject=("reading.case", str(new.pk)),
        details={"replaces": case.number, "number": number},
        rows=list(SealedCase.objects.filter(case=new)),
        tracked=[new],
    )
    return new


def said_of_void(case: Case, cause: VoidCause, reason: str) -> str:
    """The digest that the signature under a void covers."""
    return statement(case=case.token, number=case.number, cause=str(cause), reason=reason)


def voided_before(case: Case, user: User, cause: VoidCause, reason: str) -> bool:
    """Whether this person voided this case for this cause and reason already."""
    on_case = ("reading.case", str(case.pk))
    return bool(signed_before(act=Act.VOID, user=user, record=on_case, digest=said_of_void(case, cause, reason)))


def sign_for_case(act: Act, case: Case, actor: Actor, user: User, digest: str) -> None:
    """Signs an act on a case."""
    on_case = ("reading.case", str(case.pk))
    write_signature(act=act, actor=actor, user=user, record=on_case, digest=digest, stream=case.campaign.trial.code)


def void_case(case: Case, actor: Actor, cause: VoidCause, reason: str) -> list[int]:
    """Voids the case and its reads; returns the readers of its primary reads. Called inside a transaction."""
    hold_chains(list(case.reads.select_related("case__campaign__trial")))
    # A job that is issuing reads of the case has locked it: the reads that it writes are voided with the rest.
    Case.objects.select_for_update().get(pk=case.pk)
    own = list(case.reads.select_related("case__campaign__trial"))
    reads = list(case.reads.filter(status__in=COUNTING))
    before = case.status
    move_case(case, CaseStatus.VOIDED, void_cause=cause, void_reason=reason)
    for read in reads:
        move_read(read, ReadStatus.VOIDED)
    record(
        action="reading.case.voided",
        actor=actor,
        stream=case.campaign.trial.code,
        subject=("reading.case", str(case.pk)),
        changes={"status": [before, CaseStatus.VOIDED]},
        details={"number": case.number, "cause": VoidCause(cause).label},
        reason=reason,
        tracked=[case, *reads],
        chains=ended(own),
    )
    if case.campaign.trains:
        assess_again(case)
    return [read.reader_id for read in reads if read.kind == ReadKind.PRIMARY]


def assess_again(voided: Case) -> None:
    """A reader who signed every other case of a training may have completed it; called inside the transaction."""
    left = voided.campaign.cases.live().order_by("pk").first()
    if left is not None:
        add(kind="scoring.consensus", key=f"case-{left.pk}-without-{voided.pk}", payload={"case": left.pk})
