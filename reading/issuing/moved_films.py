"""Films filed under another subject or visit: moved, and the affected cases voided and issued again, in one step."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act, meaning_of
from audit.trail import Actor, audited_atomic
from reading.issuing.affected_cases import Moved, concerned_by, follow, is_signed
from reading.states import demand_reason
from studies.desk.moving import move_films
from studies.models import Film, Visit
from studies.plan.consent import held_without_consent


def move_and_reissue(
    *, film: Film, visit: Visit, scope: str, actor: Actor, user: User, password: str, reason: str
) -> Moved:
    """Moves the films, and voids and issues again every case of an open campaign that they change.

    Signed once reads exist; the same form sent twice moves once. A campaign that was closed is reopened first, unless
    it can never be reopened: then it keeps its result.
    """
    authorise(actor, Action.RETURN_READS)
    demand_reason(reason)
    signed = is_signed(film.trial)
    if signed:
        prove(act=Act.MOVE, user=user, password=password)
    concerned = concerned_by(film.trial, {film.subject_id, visit.subject_id})
    with audited_atomic():
        held_without_consent({film.subject_id, visit.subject_id})
        if signed and moved_before(film, visit, user, facts_of(film, visit, scope, reason)):
            return Moved()
        before = [one.films_now() for one in concerned]
        films = move_films(film=film, visit=visit, scope=scope, reason=reason, actor=actor)
        if signed:
            sign_move(film, actor, user, facts_of(film, visit, scope, reason))
        return follow(concerned, before, films, actor, user, reason)


def facts_of(film: Film, visit: Visit, scope: str, reason: str) -> dict[str, object]:
    """The data that the signature for a move covers, besides the number of earlier moves of the film."""
    return {"film": film.pk, "visit": visit.pk, "scope": scope, "reason": reason}


def signatures_on(film: Film) -> list[Signature]:
    """The signatures for moves of the film, oldest first."""
    of_record = Signature.objects.filter(record_kind="studies.film", record_id=str(film.pk))
    return list(of_record.filter(meaning=meaning_of(Act.MOVE)).order_by("pk"))


def moved_before(film: Film, visit: Visit, user: User, facts: Mapping[str, object]) -> bool:
    """Whether the film is at this visit because this person signed the same move."""
    signed = signatures_on(film)
    if not signed or Film.objects.get(pk=film.pk).visit_id != visit.pk:
        return False
    return signed[-1].signer_id == user.pk and signed[-1].digest == statement(move=len(signed) - 1, **facts)


def sign_move(film: Film, actor: Actor, user: User, facts: Mapping[str, object]) -> None:
    """Signs the move; called inside its transaction."""
    write_signature(
        act=Act.MOVE,
        actor=actor,
        user=user,
        record=("studies.film", str(film.pk)),
        digest=statement(move=len(signatures_on(film)), **facts),
        stream=film.trial.code,
    )
