"""The effect of a withdrawal of consent on reading: the subject's cases stop in every campaign of the trial.

Unsigned reads leave the worklists as those of a voided case do. Signed reads, and results that were computed, stay;
reads that were returned to their readers count as they were signed before. A result that waits for queries is computed.
A case of an open training campaign is voided, so that nobody's training waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, write_signature
from accounts.signatures import statement as digest_of
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from jobs.queue import add
from reading.campaigns.case_seals import identities
from reading.capture_chains import IN_HAND, ended, hold_chains, in_hand
from reading.issuing.assignments import move_read, void_case
from reading.issuing.queries import asks_readers
from reading.models import Campaign, CampaignStatus, Case, CaseStatus, Read, ReadStatus, ReadStep, VoidCause
from reading.states import demand_reason
from studies.models import ConsentWithdrawal, Subject
from studies.plan.consent import correct_withdrawal, held_without_consent, record_withdrawal, withdrawal_of

TRAINING_VOID = "The subject withdrew consent"


def withdraw_consent(
    *, subject: Subject, withdrawn_on: date, statement: str, instruction: str, actor: Actor, user: User, password: str
) -> ConsentWithdrawal:
    """Records the withdrawal, signed, and stops the subject's cases. The same form sent twice is recorded once."""
    authorise(actor, Action.RECORD_CONSENT)
    prove(act=Act.CONSENT, user=user, password=password)
    with audited_atomic():
        held_without_consent({subject.pk})
        if earlier := recorded_before(subject, user, withdrawn_on, statement):
            return earlier
        cases = cases_of(subject)  # No case of the subject is made from now on.
        hold_chains(Read.objects.filter(case__in=cases).select_related("case__campaign__trial"))
        made = record_withdrawal(
            subject=subject, withdrawn_on=withdrawn_on, statement=statement, instruction=instruction, actor=actor
        )
        sign(Act.CONSENT, subject, actor, user, said_of(made))
        for case in cases:
            stop(case, actor, subject.consent_withdrawals.count())
    return made


def correct_consent(*, withdrawal: ConsentWithdrawal, actor: Actor, user: User, password: str, reason: str) -> None:
    """Corrects a mistaken record: the stopped cases can be read again. Ended reads are issued again.

    A case without a result stays stopped in a campaign that is no longer open, until the campaign is reopened.
    """
    authorise(actor, Action.RECORD_CONSENT)
    demand_reason(reason)
    prove(act=Act.CONSENT_CORRECTION, user=user, password=password)
    subject, digest = withdrawal.subject, digest_of(withdrawal=withdrawal.pk, reason=reason)
    cases = stopped_for(subject)
    with audited_atomic():
        campaigns = Campaign.objects.select_for_update(no_key=True).filter(trial=subject.trial_id).order_by("pk")
        opened = {campaign.pk for campaign in campaigns if campaign.status == CampaignStatus.OPEN}
        ConsentWithdrawal.objects.select_for_update(no_key=True).get(pk=withdrawal.pk)
        if signed_before(act=Act.CONSENT_CORRECTION, user=user, record=on_subject(subject), digest=digest):
            return
        correct_withdrawal(withdrawal=withdrawal, reason=reason, actor=actor)
        sign(Act.CONSENT_CORRECTION, subject, actor, user, digest)
        for case in cases:
            case.refresh_from_db(fields=["status"])
            if case.campaign_id in opened or not case.has_no_result:
                resume(case, actor)


def resume_consenting(stopped: Sequence[tuple[Case, int]], actor: Actor) -> None:
    """Lets those of these cases (given with their subjects) whose subject consents be read again.

    Called inside the transaction that reopens the campaign.
    """
    away = held_without_consent([subject for _, subject in stopped])
    for case, subject in stopped:
        if subject not in away:
            resume(case, actor)


def stopped_in(campaign: Campaign) -> list[tuple[Case, int]]:
    """The stopped cases of a campaign, each with its subject."""
    cases = list(campaign.cases.live().filter(consent_withdrawn=True).select_related("campaign__trial"))
    films = identities(cases)
    return [(case, films[case.pk].subject) for case in cases]


def stopped_for(subject: Subject) -> list[Case]:
    """The stopped cases of a subject, in every campaign of the trial."""
    return [case for case in cases_of(subject) if case.consent_withdrawn]


def recorded_before(subject: Subject, user: User, day: date, statement: str) -> ConsentWithdrawal | None:
    """The valid withdrawal, if this person signed the same."""
    held = withdrawal_of(subject)
    if held is None or (held.withdrawn_on, held.statement) != (day, " ".join(statement.split())):
        return None
    signed = signed_before(act=Act.CONSENT, user=user, record=on_subject(subject), digest=said_of(held))
    return held if signed else None


def said_of(withdrawal: ConsentWithdrawal) -> str:
    """The digest that a signature covers; the number of earlier records distinguishes statements in the same words."""
    before = ConsentWithdrawal.objects.filter(subject=withdrawal.subject, pk__lt=withdrawal.pk).count()
    day, said = str(withdrawal.withdrawn_on), withdrawal.statement
    return digest_of(subject=withdrawal.subject.code, day=day, statement=said, before=before)


def on_subject(subject: Subject) -> tuple[str, str]:
    """The facts that both signatures cover."""
    return "studies.subject", str(subject.pk)


def sign(act: Act, subject: Subject, actor: Actor, user: User, digest: str) -> None:
    """The signature; called inside the transaction of its act."""
    stream = subject.trial.code
    write_signature(act=act, actor=actor, user=user, record=on_subject(subject), digest=digest, stream=stream)


def cases_of(subject: Subject) -> list[Case]:
    """The live cases of the subject in every campaign of the trial."""
    found = []
    for campaign in Campaign.objects.filter(trial=subject.trial_id):
        cases = list(campaign.cases.live().select_related("campaign__trial", "campaign__training", "campaign__charter"))
        films = identities(cases)
        found += [case for case in cases if films[case.pk].subject == subject.pk]
    return found


def stop(case: Case, actor: Actor, number: int) -> None:
    """Stops the case: nobody reads it or opens its films. Called inside the transaction that records the withdrawal.

    `number` counts the withdrawals of the subject, of which earlier ones were corrected.
    """
    if case.campaign.trains and case.campaign.status == CampaignStatus.OPEN:
        void_case(case, actor, VoidCause.CONSENT, TRAINING_VOID)
        return
    # A job that is issuing reads of the case has locked it: the reads that it writes end with the rest.
    Case.objects.select_for_update().get(pk=case.pk)
    ending = [read for read in case.reads.select_related("case__campaign__trial") if in_hand(read)]
    opened = case.campaign.status == CampaignStatus.OPEN
    returned = [read for read in ending if opened and read.status == ReadStatus.RETURNED]
    unsigned = [read for read in ending if read.status in IN_HAND and read not in returned]
    Case.objects.filter(pk=case.pk).update(consent_withdrawn=True)
    for read in unsigned:
        move_read(read, ReadStatus.VOIDED)
    steps = keep_as_signed(case, returned)
    if returned or (case.status == CaseStatus.OPEN and asks_readers(case.campaign)):
        add(kind="scoring.consensus", key=f"case-{case.pk}-stopped-{number}", payload={"case": case.pk})
    record(
        action="reading.case.stopped",
        actor=actor,
        stream=case.campaign.trial.code,
        subject=("reading.case", str(case.pk)),
        details={"number": case.number, "reads": len(unsigned), "kept": len(returned)},
        tracked=[case, *unsigned, *returned, *steps],
        chains=ended(ending),
    )


def keep_as_signed(case: Case, returned: Sequence[Read]) -> list[ReadStep]:
    """Reads that were returned and not signed again count as first signed; returns the steps that are locked again.

    The case gets back the result that it had, or the one that waited for queries. Called inside the transaction that
    stops it.
    """
    steps = list(ReadStep.objects.filter(read__in=returned, locked_at=None))
    for step in steps:
        ReadStep.objects.filter(pk=step.pk).update(locked_at=step.signed_values.latest("version").signature.signed_at)
    for read in returned:
        last = max(step.locked_at for step in read.steps.all() if step.locked_at)
        move_read(read, ReadStatus.SIGNED, signed_at=last)
    return steps


def resume(case: Case, actor: Actor) -> None:
    """Lets the case be read again by the readers to whom the coordinator issues it."""
    Case.objects.filter(pk=case.pk).update(consent_withdrawn=False)
    record(
        action="reading.case.continued",
        actor=actor,
        stream=case.campaign.trial.code,
        subject=("reading.case", str(case.pk)),
        details={"number": case.number},
        tracked=[case],
    )
