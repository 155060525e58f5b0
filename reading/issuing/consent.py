"""What a withdrawal of consent means for reading: the subject's cases stop in every campaign of the trial.

Unsigned reads leave the worklists as those of a voided case do. Signed reads, and results that were computed, stay.
A case of an open training campaign is voided, so that nobody's training waits for it.
"""

from __future__ import annotations

from datetime import date

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, write_signature
from accounts.signatures import statement as digest_of
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from reading.campaigns.case_seals import identities
from reading.capture_chains import IN_HAND, ended, hold_chains, in_hand
from reading.issuing.assignments import move_read, void_case
from reading.models import Campaign, CampaignStatus, Case, Read, ReadStatus
from reading.states import demand_reason
from studies.models import ConsentWithdrawal, Subject
from studies.plan.consent import correct_withdrawal, record_withdrawal, withdrawal_of

TRAINING_VOID = "The subject withdrew consent"


def withdraw_consent(
    *, subject: Subject, withdrawn_on: date, statement: str, instruction: str, actor: Actor, user: User, password: str
) -> ConsentWithdrawal:
    """Records it, signed, and stops the subject's cases. The same form sent twice withdraws once."""
    authorise(actor, Action.RECORD_CONSENT)
    prove(act=Act.CONSENT, user=user, password=password)
    if earlier := recorded_before(subject, user, withdrawn_on, statement):
        return earlier
    cases = cases_of(subject)
    with audited_atomic():
        hold_chains(Read.objects.filter(case__in=cases).select_related("case__campaign__trial"))
        made = record_withdrawal(
            subject=subject, withdrawn_on=withdrawn_on, statement=statement, instruction=instruction, actor=actor
        )
        sign(Act.CONSENT, subject, actor, user, said_of(made))
        for case in cases:
            stop(case, actor)
    return made


def correct_consent(*, withdrawal: ConsentWithdrawal, actor: Actor, user: User, password: str, reason: str) -> None:
    """It was recorded by mistake: the cases that were stopped can be read again. Ended reads are issued again."""
    authorise(actor, Action.RECORD_CONSENT)
    demand_reason(reason)
    prove(act=Act.CONSENT_CORRECTION, user=user, password=password)
    subject, digest = withdrawal.subject, digest_of(withdrawal=withdrawal.pk, reason=reason)
    if signed_before(act=Act.CONSENT_CORRECTION, user=user, record=on_subject(subject), digest=digest):
        return
    cases = [case for case in cases_of(subject) if case.consent_withdrawn]
    with audited_atomic():
        correct_withdrawal(withdrawal=withdrawal, reason=reason, actor=actor)
        sign(Act.CONSENT_CORRECTION, subject, actor, user, digest)
        for case in cases:
            resume(case, actor)


def recorded_before(subject: Subject, user: User, day: date, statement: str) -> ConsentWithdrawal | None:
    """The withdrawal that counts, if this person signed the same."""
    held = withdrawal_of(subject)
    if held is None or (held.withdrawn_on, held.statement) != (day, " ".join(statement.split())):
        return None
    signed = signed_before(act=Act.CONSENT, user=user, record=on_subject(subject), digest=said_of(held))
    return held if signed else None


def said_of(withdrawal: ConsentWithdrawal) -> str:
    """The digest that a signature covers; the number of earlier records makes the same words another statement."""
    before = ConsentWithdrawal.objects.filter(subject=withdrawal.subject, pk__lt=withdrawal.pk).count()
    day, said = str(withdrawal.withdrawn_on), withdrawal.statement
    return digest_of(subject=withdrawal.subject.code, day=day, statement=said, before=before)


def on_subject(subject: Subject) -> tuple[str, str]:
    """What both signatures are given on."""
    return "studies.subject", str(subject.pk)


def sign(act: Act, subject: Subject, actor: Actor, user: User, digest: str) -> None:
    """The signature; called inside the transaction of its act."""
    stream = subject.trial.code
    write_signature(act=act, actor=actor, user=user, record=on_subject(subject), digest=digest, stream=stream)


def cases_of(subject: Subject) -> list[Case]:
    """The live cases of the subject in every campaign of the trial."""
    found = []
    for campaign in Campaign.objects.filter(trial=subject.trial_id):
        cases = list(campaign.cases.live().select_related("campaign__trial", "campaign__training"))
        films = identities(cases)
        found += [case for case in cases if films[case.pk].subject == subject.pk]
    return found


def stop(case: Case, actor: Actor) -> None:
    """Nobody reads the case or opens its films any more; called inside the transaction that records the withdrawal."""
    if case.campaign.trains and case.campaign.status == CampaignStatus.OPEN:
        void_case(case, actor, TRAINING_VOID)
        return
    # A job that is issuing reads of the case holds it: what it writes ends with the rest.
    Case.objects.select_for_update().get(pk=case.pk)
    ending = [read for read in case.reads.select_related("case__campaign__trial") if in_hand(read)]
    unsigned = [read for read in ending if read.status in IN_HAND]
    Case.objects.filter(pk=case.pk).update(consent_withdrawn=True)
    for read in unsigned:
        move_read(read, ReadStatus.VOIDED)
    record(
        action="reading.case.stopped",
        actor=actor,
        stream=case.campaign.trial.code,
        subject=("reading.case", str(case.pk)),
        details={"number": case.number, "reads": len(unsigned)},
        tracked=[case, *unsigned],
        chains=ended(ending),
    )


def resume(case: Case, actor: Actor) -> None:
    """The case can be read again, by those to whom the coordinator issues it."""
    Case.objects.filter(pk=case.pk).update(consent_withdrawn=False)
    record(
        action="reading.case.continued",
        actor=actor,
        stream=case.campaign.trial.code,
        subject=("reading.case", str(case.pk)),
        details={"number": case.number},
        tracked=[case],
    )
