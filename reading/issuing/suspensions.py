"""Suspension of a reader: nothing is issued to them, and they open and save nothing, except in training.

The coordinator decides, because only they assign and withdraw reads, and they know no scores; the imaging lead, who
sees a drift, knows every score and informs them. Signed reads stay valid; unsigned ones wait or are reassigned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.roles import READING_ROLES, Action, authorise
from accounts.signatures import prove, signed_before, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import both
from reading.capture_chains import IN_HAND
from reading.issuing.allocation import Assignment
from reading.models import Campaign, Read, ReaderSuspension, SuspensionCause
from reading.states import demand_reason
from studies.models import Membership, Trial
from studies.naming import checked_choice

NOTHING_LOST = "Nothing that you entered is lost. Ask the coordinator of the trial how to proceed."


def suspend_reader(
    *, trial: Trial, person: User, cause: str, reason: str, actor: Actor, user: User, password: str
) -> ReaderSuspension:
    """Suspends the person in the trial until it is lifted. The same form sent twice suspends once."""
    authorise(actor, Action.SUSPEND_READERS)
    demand_reason(reason)
    cause, reason = checked_choice("cause", cause, SuspensionCause.choices), reason.strip()
    if not Membership.objects.current().filter(trial=trial, user=person, role__in=READING_ROLES).exists():
        raise BadInput(f"Choose a reader or adjudicator of trial {trial.code}. {person} is neither.", field="person")
    prove(act=Act.SUSPENSION, user=user, password=password)
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        held = ReaderSuspension.objects.current().filter(trial=trial, person=person).first()
        if held is not None:
            return demand_same(held, cause, reason, user)
        made = ReaderSuspension.objects.create(trial=trial, person=person, cause=cause, reason=reason)
        sign(Act.SUSPENSION, made, actor, user, said_of(made))
        record_event(made, "reading.reader.suspended", actor, reason)
    return made


def lift_suspension(*, suspension: ReaderSuspension, reason: str, actor: Actor, user: User, password: str) -> None:
    """Lifts the suspension; unsigned reads are as the person left them."""
    authorise(actor, Action.SUSPEND_READERS)
    demand_reason(reason)
    prove(act=Act.SUSPENSION_LIFTED, user=user, password=password)
    digest = statement(suspension=suspension.pk, reason=reason.strip())
    with audited_atomic():
        held = ReaderSuspension.objects.current().filter(pk=suspension.pk)
        if held.update(lifted_at=timezone.now()) != 1:
            if signed_before(act=Act.SUSPENSION_LIFTED, user=user, record=on_reader(suspension), digest=digest):
                return
            raise WrongState(f"The suspension of {suspension.person} has already been lifted.")
        sign(Act.SUSPENSION_LIFTED, suspension, actor, user, digest)
        record_event(suspension, "reading.reader.resumed", actor, reason.strip())


def demand_same(held: ReaderSuspension, cause: str, reason: str, user: User) -> ReaderSuspension:
    """The suspension, if this person signed the same; WrongState otherwise."""
    signed = signed_before(act=Act.SUSPENSION, user=user, record=on_reader(held), digest=said_of(held))
    if signed and (held.cause, held.reason) == (cause, reason):
        return held
    raise WrongState(f"The reading of {held.person} is already suspended in trial {held.trial.code}.")


def said_of(suspension: ReaderSuspension) -> str:
    """The digest that the signature covers; the number of earlier ones distinguishes statements in the same words."""
    earlier = ReaderSuspension.objects.filter(trial=suspension.trial, person=suspension.person, pk__lt=suspension.pk)
    facts = {"trial": suspension.trial.code, "reader": suspension.person_id, "before": earlier.count()}
    return statement(**facts, cause=suspension.cause, reason=suspension.reason)


def on_reader(suspension: ReaderSuspension) -> tuple[str, str]:
    """The facts that both signatures cover."""
    return "accounts.user", str(suspension.person_id)


def sign(act: Act, suspension: ReaderSuspension, actor: Actor, user: User, digest: str) -> None:
    """The signature; called inside the transaction of its act."""
    stream = suspension.trial.code
    write_signature(act=act, actor=actor, user=user, record=on_reader(suspension), digest=digest, stream=stream)


def record_event(suspension: ReaderSuspension, action: str, actor: Actor, reason: str) -> None:
    """The event of a suspension that began or was lifted."""
    record(
        action=action,
        actor=actor,
        stream=suspension.trial.code,
        subject=on_reader(suspension),
        reason=reason,
        details={"reader": str(suspension.person), "cause": suspension.get_cause_display().lower()},
        tracked=[suspension],
    )


def demand_reading(trial: Trial, readers: Collection[User], field: str = "readers") -> None:
    """BadInput if any of these people is suspended."""
    away = [person for person in readers if person.pk in suspended_in(trial.pk)]
    if away:
        verb = "is" if len(away) == 1 else "are"
        raise BadInput(f"Choose other readers: {both(away)} {verb} suspended in trial {trial.code}.", field=field)


def suspended_in(trial: int) -> set[int]:
    """The people suspended in the trial now."""
    return set(ReaderSuspension.objects.current().filter(trial=trial).values_list("person_id", flat=True))


def suspended_trials(person: int) -> list[str]:
    """The codes of the trials in which the person is suspended now."""
    held = ReaderSuspension.objects.current().filter(person=person)
    return list(held.order_by("trial__code").values_list("trial__code", flat=True))


def away_from(campaign: Campaign) -> set[int]:
    """The people suspended in the trial of a campaign; nobody for a training campaign."""
    return set() if campaign.trains else suspended_in(campaign.trial_id)


def suspended_in_words(trial_code: str) -> str:
    """The message shown to the suspended person."""
    return f"Your reading in trial {trial_code} is suspended. {NOTHING_LOST}"


def demand_not_suspended(read: Read) -> None:
    """WrongState if the reader of the read is suspended, even since their request began; training is exempt."""
    if read.reader_id in away_from(read.case.campaign):
        raise WrongState(suspended_in_words(read.case.campaign.trial.code))


def without_suspended(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments without suspended readers, even if suspended since the request; training is exempt."""
    if not assignments:
        return []
    campaign = Campaign.objects.select_related("training").get(cases=assignments[0].case)
    away = away_from(campaign)
    return [one for one in assignments if one.reader not in away]


def unsigned_of(people: Collection[int], trial: Trial) -> dict[int, list[tuple[str, int]]]:
    """The number of unsigned reads of each of these people in each campaign that is not for training."""
    reads = Read.objects.filter(reader__in=people, status__in=IN_HAND, case__campaign__trial=trial)
    held = reads.filter(case__campaign__training=None).order_by("case__campaign__code")
    found = defaultdict[int, list[tuple[str, int]]](list)
    for reader, campaign, count in held.values_list("reader_id", "case__campaign__code").annotate(Count("pk")):
        found[reader].append((campaign, count))
    return dict(found)
