"""Writing, signing and amending a charter; qualifying readers under it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

import instruments
from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.days import months_later
from config.errors import BadInput, WrongState
from config.natural import natural_key
from config.transitions import moved
from config.wording import counted, either, quoted
from reading.charter.terms import Terms, read_terms
from reading.models import (
    CHARTER_TRANSITIONS,
    Campaign,
    Case,
    Charter,
    CharterStatus,
    Qualification,
    ReaderSuspension,
    TrainingResult,
)
from reading.states import demand_reason
from studies.models import Membership, Trial

MOST_MONTHS = 120


def current_charter(trial: Trial) -> Charter | None:
    """The newest signed version."""
    return Charter.objects.filter(trial=trial, status=CharterStatus.SIGNED).order_by("-version").first()


def charters_of(campaign: Campaign) -> QuerySet[Charter]:
    """The charter version of the campaign, and those under which its cases were issued."""
    issued = Case.objects.filter(campaign=campaign).order_by().values("charter")
    return Charter.objects.filter(Q(pk=campaign.charter_id) | Q(pk__in=issued))


def terms_of(charter: Charter) -> Terms:
    """The charter's terms, checked."""
    return read_terms(charter.terms)


def draft_charter(*, trial: Trial, actor: Actor, terms: dict[str, Any]) -> Charter:
    """Writes the trial's draft; the first draft after a signed version is an amendment with the next number."""
    authorise(actor, Action.WRITE_CHARTER)
    checked = read_terms(terms)
    visit_codes = set(trial.visit_plans.values_list("code", flat=True))
    if checked.reference_visit and checked.reference_visit not in visit_codes:
        planned = sorted(visit_codes, key=natural_key)
        text = f"The plan of the trial has no visit {checked.reference_visit}. Choose {either(planned)}."
        raise BadInput(text, field="reference_visit")
    with audited_atomic():
        newest = Charter.objects.filter(trial=trial).order_by("-version").first()
        if newest is not None and newest.status == CharterStatus.DRAFT:
            charter, old = newest, newest.terms
            Charter.objects.filter(pk=charter.pk, status=CharterStatus.DRAFT).update(terms=checked.as_json())
            charter.refresh_from_db()
        else:
            version, old = (newest.version + 1, newest.terms) if newest else (1, {})
            charter = Charter.objects.create(trial=trial, version=version, terms=checked.as_json())
        record(
            action="reading.charter.drafted",
            actor=actor,
            stream=trial.code,
            subject=("reading.charter", str(charter.pk)),
            changes=changed_terms(old, charter.terms),
            details={"version": charter.version},
            tracked=[charter],
        )
    return charter


def changed_terms(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    """The terms that differ, as [old, new]."""
    return {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}


def sign_charter(*, charter: Charter, actor: Actor, user: User, password: str) -> Charter:
    """Signs the draft: from now on it never changes. The same form sent twice signs once."""
    authorise(actor, Action.SIGN_CHARTER)
    digest = terms_of(charter).digest()
    prove(act=Act.CHARTER, user=user, password=password)
    with audited_atomic():
        current = Charter.objects.select_for_update().get(pk=charter.pk)
        if current.signature_id and Charter.objects.filter(pk=charter.pk, signature__signer=user).exists():
            return current
        if terms_of(current).digest() != digest:
            raise WrongState(
                f"Charter version {charter.version} was changed in the meantime. Read it again and sign it."
            )
        signature = write_signature(
            act=Act.CHARTER,
            actor=actor,
            user=user,
            record=("reading.charter", str(charter.pk)),
            digest=digest,
            stream=charter.trial.code,
        )
        if not moved(charter, CharterStatus.SIGNED, CHARTER_TRANSITIONS, digest=digest, signature=signature):
            raise WrongState(f"Charter version {charter.version} is already signed. Write a new draft to amend it.")
        record(
            action="reading.charter.signed",
            actor=actor,
            stream=charter.trial.code,
            subject=("reading.charter", str(charter.pk)),
            changes={"status": [CharterStatus.DRAFT, CharterStatus.SIGNED]},
            details={"version": charter.version, "digest": digest},
            tracked=[charter],
        )
    charter.refresh_from_db()
    return charter


def qualify_reader(
    *,
    trial: Trial,
    actor: Actor,
    user: User,
    password: str,
    reader: User,
    instrument: str,
    evidence: str,
    months: int | None = None,
    result: TrainingResult | None = None,
) -> Qualification:
    """Records that a reader of the trial may read by an instrument, on what evidence and for how many months, signed.

    Without `months` it has no end. Earlier qualifications remain. `result` is the training that is the evidence.
    """
    authorise(actor, Action.WRITE_CHARTER)
    demand_grounds(instrument, evidence, months, result)
    if not Membership.objects.current().filter(trial=trial, user=reader, role__in=["reader", "adjudicator"]).exists():
        raise BadInput(f"Choose a reader or adjudicator of this trial. {reader} is neither.", field="reader")
    prove(act=Act.QUALIFICATION, user=user, password=password)
    evidence, until = evidence.strip(), None if months is None else months_later(timezone.localdate(), months)
    given: dict[str, Any] = {"reader": reader, "instrument": instrument, "expires_on": until, "result": result}
    with audited_atomic():
        earlier = Qualification.objects.filter(trial=Trial.objects.select_for_update().get(pk=trial.pk))
        if same := earlier.filter(**given, evidence=evidence, revoked_at=None, signature__signer=user).first():
            return same
        demand_unused(result)
        facts = {"instrument": instrument, "evidence": evidence, "until": until.isoformat() if until else ""}
        signature = write_signature(
            act=Act.QUALIFICATION,
            actor=actor,
            user=user,
            record=("accounts.user", str(reader.pk)),
            digest=statement(trial=trial.code, reader=reader.pk, number=earlier.count(), **facts),
            stream=trial.code,
        )
        qualification = Qualification.objects.create(trial=trial, **given, evidence=evidence, signature=signature)
        record_event(qualification, actor, facts)
    return qualification


def record_event(qualification: Qualification, actor: Actor, facts: dict[str, str]) -> None:
    """The event of a new qualification."""
    record(
        action="reading.reader.qualified",
        actor=actor,
        stream=qualification.trial.code,
        subject=("accounts.user", str(qualification.reader_id)),
        details={"reader": str(qualification.reader), **facts},
        tracked=[qualification],
    )


def demand_grounds(instrument: str, evidence: str, months: int | None, result: TrainingResult | None) -> None:
    """BadInput unless instrument, evidence and time are possible and the training was passed."""
    if instrument not in instruments.KEYS:
        text = f"The instrument cannot be {quoted(instrument)}. Choose {either(instruments.KEYS)}."
        raise BadInput(text, field="instrument")
    if not evidence.strip():
        raise BadInput("The evidence is missing. Write in a sentence what was tested and when.", field="evidence")
    if months is not None and not 1 <= months <= MOST_MONTHS:
        text = f"A qualification cannot last {counted(months, 'month')}. Give 1 to {MOST_MONTHS} months, or none."
        raise BadInput(text, field="months")
    if result is not None and not result.passed:
        text = f"Training {result.campaign.code} was not passed by {result.reader}. Choose one that they passed."
        raise BadInput(text, field="evidence")


def demand_unused(result: TrainingResult | None) -> None:
    """WrongState when the training gave a qualification that was not withdrawn, expired or not."""
    if result is not None and result.qualifications.held().exists():
        text = f"Training {result.campaign.code} has already been used to qualify {result.reader}."
        raise WrongState(f"{text} To be qualified again, they must pass another training campaign.")


def disqualify_reader(*, qualification: Qualification, actor: Actor, reason: str) -> None:
    """Withdraws a qualification, and every other that the reader holds for the same instrument in the trial.

    Signed reads stay valid.
    """
    authorise(actor, Action.WRITE_CHARTER)
    demand_reason(reason)
    trial = qualification.trial_id
    with audited_atomic():
        of_trial = Qualification.objects.held().filter(trial=Trial.objects.select_for_update().get(pk=trial))
        held = list(of_trial.filter(reader=qualification.reader_id, instrument=qualification.instrument).order_by("pk"))
        if qualification not in held:
            raise WrongState(f"The qualification of {qualification.reader} has already been withdrawn.")
        Qualification.objects.filter(pk__in=[one.pk for one in held]).update(revoked_at=timezone.now())
        record(
            action="reading.reader.disqualified",
            actor=actor,
            stream=qualification.trial.code,
            subject=("accounts.user", str(qualification.reader_id)),
            reason=reason,
            details={"reader": str(qualification.reader), "instrument": qualification.instrument},
            tracked=held,
        )


def people_in_role(trial: Trial, role: str) -> QuerySet[User]:
    """The people who hold the role in the trial now."""
    held = User.objects.filter(
        is_active=True,
        memberships__trial=trial,
        memberships__role=role,
        memberships__revoked_at=None,
        memberships__pending=False,
    )
    return held.distinct().order_by("pk")


def qualified_readers(charter: Charter, role: str) -> list[User]:
    """The people in the role who are not suspended and, where the charter requires it, are qualified today."""
    suspended = set(ReaderSuspension.objects.current().filter(trial=charter.trial).values_list("person", flat=True))
    return [person for person in qualified_today(charter, role) if person.pk not in suspended]


def qualified_today(charter: Charter, role: str) -> list[User]:
    """The people in the role who, where the charter requires it, are qualified today; suspended or not."""
    return qualified_among(charter, role, Qualification.objects.valid())


def readers_at_work(charter: Charter, role: str) -> list[User]:
    """The same with those who are suspended or whose qualification has expired: they get nothing new.

    What they have waits for them, or is given to somebody else.
    """
    return qualified_among(charter, role, Qualification.objects.held())


def qualified_among(charter: Charter, role: str, held: QuerySet[Qualification]) -> list[User]:
    """The people in the role with one of these qualifications, where the charter requires one."""
    terms, people = terms_of(charter), people_in_role(charter.trial, role)
    if terms.qualification_required:
        of_charter = held.filter(trial=charter.trial, instrument=terms.instrument)
        people = people.filter(pk__in=of_charter.order_by().values("reader"))
    return list(people)
