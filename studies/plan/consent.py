"""Withdrawal of consent: recorded by the coordinator, completed by the sponsor's instruction, corrected if mistaken.

From then on no film of the subject is accepted or opened. Stored files and their digests stay; so do signed reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from studies.desk.confirmed import FIRST_DAY, is_film_day, latest_day
from studies.models import ConsentWithdrawal, Film, Site, Subject, Trial, Visit
from studies.naming import checked_text

LONGEST_STATEMENT, LONGEST_INSTRUCTION, LONGEST_REASON = 300, 500, 200


def record_withdrawal(
    *, subject: Subject, withdrawn_on: date, statement: str, instruction: str, actor: Actor
) -> ConsentWithdrawal:
    """Records that the subject withdrew consent on that day; reading.issuing.consent handles their cases."""
    authorise(actor, Action.RECORD_CONSENT)
    if not is_film_day(withdrawn_on):
        text = f"The date cannot be {withdrawn_on}. Enter a date from {FIRST_DAY} to {latest_day()}."
        raise BadInput(text, field="withdrawn_on")
    statement = checked_text("statement", statement, longest=LONGEST_STATEMENT)
    instruction = checked_text("instruction", instruction, longest=LONGEST_INSTRUCTION, required=False)
    with audited_atomic():
        if held_without_consent({subject.pk}):
            raise WrongState(f"It is already recorded that subject {subject.code} withdrew consent.")
        made = ConsentWithdrawal.objects.create(
            subject=subject, withdrawn_on=withdrawn_on, statement=statement, instruction=instruction
        )
        details = {"code": subject.code, "on": str(withdrawn_on), "statement": statement, "instruction": instruction}
        record_event(made, "studies.consent.withdrawn", actor, details, "")
    return made


def record_instruction(*, withdrawal: ConsentWithdrawal, instruction: str, actor: Actor) -> None:
    """Records the sponsor's instruction about the collected data; the audit trail keeps earlier ones."""
    authorise(actor, Action.RECORD_CONSENT)
    instruction = checked_text("instruction", instruction, longest=LONGEST_INSTRUCTION)
    with audited_atomic():
        held = locked_current(withdrawal)
        ConsentWithdrawal.objects.filter(pk=held.pk).update(instruction=instruction)
        details = {"code": held.subject.code, "instruction": instruction}
        record_event(held, "studies.consent.instructed", actor, details, "", [held.instruction, instruction])


def correct_withdrawal(*, withdrawal: ConsentWithdrawal, reason: str, actor: Actor) -> None:
    """Corrects a mistaken record: films of the subject are accepted and opened again. The record is kept."""
    authorise(actor, Action.RECORD_CONSENT)
    reason = checked_text("reason", reason, longest=LONGEST_REASON)
    with audited_atomic():
        held = locked_current(withdrawal)
        ConsentWithdrawal.objects.filter(pk=held.pk).update(corrected_at=timezone.now())
        record_event(held, "studies.consent.corrected", actor, {"code": held.subject.code}, reason)


def locked_current(withdrawal: ConsentWithdrawal) -> ConsentWithdrawal:
    """The withdrawal, locked until the transaction ends; WrongState once it was corrected."""
    rows = ConsentWithdrawal.objects.select_related("subject__trial").select_for_update(of=("self",))
    held = rows.get(pk=withdrawal.pk)
    if held.corrected_at is not None:
        text = f"It is already recorded that the consent of subject {held.subject.code} was not withdrawn."
        raise WrongState(text)
    return held


def record_event(
    withdrawal: ConsentWithdrawal,
    action: str,
    actor: Actor,
    details: dict[str, str],
    reason: str,
    instruction: list[object] | None = None,
) -> None:
    """The event of a withdrawal, in the history of its subject."""
    record(
        action=action,
        actor=actor,
        stream=withdrawal.subject.trial.code,
        subject=("studies.subject", str(withdrawal.subject_id)),
        reason=reason,
        details=details,
        changes={"instruction": instruction} if instruction else {},
        tracked=[withdrawal],
    )


def withdrawal_of(subject: Subject | None) -> ConsentWithdrawal | None:
    """The valid withdrawal of the subject's consent; None while the subject consents."""
    return None if subject is None else subject.consent_withdrawals.current().first()


def held_without_consent(subjects: Collection[int | None]) -> set[int]:
    """Those of these subjects who withdrew consent; no other can withdraw it until the open transaction ends.

    Locks the subjects: called before reads' chains, cases and films are locked.
    """
    named = [pk for pk in subjects if pk is not None]
    rows = Subject.objects.select_for_update(no_key=True).filter(pk__in=named)
    list(rows.order_by("pk").values_list("pk"))
    return set(ConsentWithdrawal.objects.current().filter(subject__in=named).values_list("subject_id", flat=True))


def withdrawn_subjects(trial: Trial, site: Site | None = None) -> QuerySet[Subject]:
    """The subjects of the trial, or of one of its sites, who withdrew consent."""
    subjects = Subject.objects.filter(trial=trial) if site is None else Subject.objects.filter(site=site)
    return subjects.filter(consent_withdrawals__in=ConsentWithdrawal.objects.current())


def of_consenting(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """These visits, without those of subjects who withdrew consent."""
    return visits.filter(~Exists(ConsentWithdrawal.objects.current().filter(subject=OuterRef("subject"))))


def why_not_accepted(subject: Subject | None) -> str:
    """The sentence for the sender of a film of this subject; empty while the subject consents."""
    if subject is None or withdrawal_of(subject) is None:
        return ""
    return f"Subject {subject.code} withdrew consent. No film of the subject is accepted, and this file is not kept."


def why_none_accepted(named: Iterable[Subject | None]) -> str:
    """The same for a film whose sender and header name these subjects: one withdrawal is enough."""
    return next(filter(None, map(why_not_accepted, named)), "")


def demand_consent(film: Film) -> None:
    """WrongState for a film that nobody may open."""
    if film.subject is not None and withdrawal_of(film.subject) is not None:
        raise WrongState(f"Film {film.pk} is closed, because its subject withdrew consent. It cannot be changed.")


def demand_consenting(subject: Subject | None) -> None:
    """BadInput if films are filed under a subject who withdrew consent."""
    if subject is not None and withdrawal_of(subject) is not None:
        text = f"Subject {subject.code} withdrew consent, so no film can be filed under the subject."
        raise BadInput(f"{text} Choose a visit of another subject.", field="visit")
