"""Electronic signatures (21 CFR 11.50, 11.70, 11.200): the password again, then an insert-only row over a digest.

The password is checked before the record's transaction is opened; the signature is written inside it.
"""

from __future__ import annotations

import hashlib
import json
import re

from django.conf import settings
from django.db.models import F

from accounts.alerts import alert_administrators
from accounts.identity import person
from accounts.models import Signature, User
from accounts.signed_acts import ACTS, Act, meaning_of
from audit.trail import Actor, audited_atomic
from audit.trail import record as record_event
from config.errors import BadInput, NotAllowed, WrongState
from config.wording import quoted

SHA256 = re.compile(r"[0-9a-f]{64}")


def prove(*, act: Act, user: User, password: str) -> None:
    """Checks the password, if the table requires a signature for the act."""
    if ACTS[act].signed:
        check_password_for_signature(user=user, password=password)


def check_password_for_signature(*, user: User, password: str) -> None:
    """Refuses a wrong password; too many in a row end every session of the account and alert the administrators."""
    if user.is_active and user.check_password(password):
        User.objects.filter(pk=user.pk, wrong_signature_passwords__gt=0).update(wrong_signature_passwords=0)
        return
    if count_wrong_password(user) < settings.AXES_FAILURE_LIMIT:
        raise BadInput("The password is wrong. Type the password you sign in with.", field="password")
    end_after_misuse(user)
    raise WrongState("Your session has ended after too many wrong passwords. Sign in again.")


def count_wrong_password(user: User) -> int:
    """Records the wrong password and returns how many came in a row."""
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(wrong_signature_passwords=F("wrong_signature_passwords") + 1)
        count = User.objects.get(pk=user.pk).wrong_signature_passwords
        record_event(
            action="accounts.signature.refused",
            actor=person(user),
            stream="system",
            subject=("accounts.user", str(user.pk)),
            details={"in_a_row": count},
        )
    return count


def end_after_misuse(user: User) -> None:
    """Ends the sessions: the person at the screen must prove that they own the account."""
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(
            session_generation=F("session_generation") + 1, wrong_signature_passwords=0
        )
        record_event(
            action="accounts.sessions.ended",
            actor=Actor.system("signatures"),
            stream="system",
            subject=("accounts.user", str(user.pk)),
            reason="repeated wrong passwords for a signature",
        )
        alert_administrators(subject=user, what="repeatedly entered a wrong password for a signature")


def write_signature(
    *, act: Act, actor: Actor, user: User, record: tuple[str, str], digest: str, stream: str
) -> Signature:
    """The signature over the record's canonical bytes; inside the transaction that makes the record final."""
    if not ACTS[act].signed:
        raise LookupError(f"{act}: the table of acts has no meaning for a signature")
    if actor.user_id != user.pk:
        raise NotAllowed(message=f"Only {user} can sign as {user}.")
    if not SHA256.fullmatch(digest):
        raise BadInput(f"A signature covers a digest of 64 hexadecimal digits. You gave {quoted(digest)}.")
    kind, key = record
    meaning = meaning_of(act)
    signed = {"meaning": meaning, "record_kind": kind, "record_id": str(key), "digest": digest}
    if Signature.objects.filter(signer=user, **signed).exists():
        raise WrongState(f"You have already signed this with the meaning {quoted(meaning)}.")
    signature = Signature.objects.create(signer=user, printed_name=str(user), role=str(actor.role), **signed)
    record_event(
        action="accounts.signature.applied",
        actor=actor,
        stream=stream,
        subject=("accounts.signature", str(signature.pk)),
        details=signed,
        rows=[signature],
    )
    return signature


def statement(**facts: object) -> str:
    """The digest that a signature covers when an act has no document: its facts as canonical JSON."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def signed_before(*, act: Act, user: User, record: tuple[str, str], digest: str) -> Signature | None:
    """The same signature, if this person already gave it: a form sent twice gets the same answer."""
    of_record = Signature.objects.filter(record_kind=record[0], record_id=str(record[1]))
    return of_record.filter(signer=user, meaning=meaning_of(act), digest=digest).first()


def signatures_of(record: tuple[str, str]) -> list[Signature]:
    """Every signature on a record, oldest first; one over bytes that differ from the current record is superseded."""
    return list(Signature.objects.filter(record_kind=record[0], record_id=str(record[1])).order_by("signed_at"))
