"""Designating a retake: the affected cases are voided and issued again in the same step."""

from __future__ import annotations

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act, meaning_of
from audit.trail import Actor, audited_atomic
from reading.issuing.affected_cases import Moved, concerned_by, follow, is_signed
from reading.states import demand_reason
from studies.desk.designation import designate
from studies.film_states import locked_at_its_visit
from studies.models import Film
from studies.plan.consent import held_without_consent


def designate_and_reissue(*, film: Film, actor: Actor, user: User, password: str, reason: str) -> Moved:
    """Designates the film for its view, and voids and issues again every case of an open campaign that this changes.

    Signed once reads exist; the same form sent twice designates once. The previously designated film is kept.
    """
    authorise(actor, Action.RETURN_READS)
    demand_reason(reason)
    signed = is_signed(film.trial)
    if signed:
        prove(act=Act.RETAKE, user=user, password=password)
    concerned = concerned_by(film.trial, {film.subject_id})
    with audited_atomic():
        held_without_consent({film.subject_id})
        locked_at_its_visit(film)
        if signed and designated_before(film, user, reason):
            return Moved()
        before = [one.films_now() for one in concerned]
        designate(film=film, actor=actor, reason=reason)
        if signed:
            sign(film, actor, user, reason)
        return follow(concerned, before, [film], actor, user, reason)


def signatures_on(film: Film) -> list[Signature]:
    """The signatures for designations of the film, oldest first."""
    of_record = Signature.objects.filter(record_kind="studies.film", record_id=str(film.pk))
    return list(of_record.filter(meaning=meaning_of(Act.RETAKE)).order_by("pk"))


def said_of_designation(film: Film, number: int, reason: str) -> str:
    """The digest that a signature covers: the film, how often it was designated before, and the reason."""
    return statement(designation=number, film=film.pk, reason=reason)


def designated_before(film: Film, user: User, reason: str) -> bool:
    """Whether the film is designated because this person signed the same."""
    signed = signatures_on(film)
    if not signed or not Film.objects.get(pk=film.pk).designated:
        return False
    return signed[-1].signer_id == user.pk and signed[-1].digest == said_of_designation(film, len(signed) - 1, reason)


def sign(film: Film, actor: Actor, user: User, reason: str) -> None:
    """Signs the designation; called inside its transaction."""
    write_signature(
        act=Act.RETAKE,
        actor=actor,
        user=user,
        record=("studies.film", str(film.pk)),
        digest=said_of_designation(film, len(signatures_on(film)), reason),
        stream=film.trial.code,
    )
