"""Accepting a custodian's opening share: a wrong one is refused and counted; the second valid one starts the job."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

from django.db.models import F, Model
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic
from config.errors import BadInput
from config.given_json import read_json
from jobs.queue import add
from scoring.arms.requests import demand_waiting, key_of, move_request, place_of, record_event, values_of
from scoring.models import ArmsRequest, ArmsRequestStatus, OpeningShare
from studies.arms.custodian.custodian import OPENED
from studies.arms.sealing import is_share
from studies.arrival.quarantine import decrypt, encrypt
from studies.models import CustodianKey

LARGEST_SHARE = 4 * 1024 * 1024
NEEDED = 2


class WrongShare(Exception):
    """The share does not open this request's values; the text gives the reason."""


@sensitive_variables()
def give_share(*, asked: ArmsRequest, actor: Actor, user: User, content: bytes, password: str) -> OpeningShare:
    """The custodian's share, checked value by value against what was sealed to their key, under their signature.

    A share counts once: sent again by the same custodian, it gets the same response.
    """
    authorise(actor, Action.OPEN_ARMS)
    key = key_of(asked, user)
    prove(act=Act.ARMS_SHARE, user=user, password=password)
    if same := asked.shares.filter(signature__signer=user).first():
        return same
    demand_waiting(asked)
    try:
        shares = checked_shares(asked, key, content)
    except WrongShare as fault:
        count_wrong_share(asked, actor, str(fault))
        instead = "Choose the file that custodian.py open wrote for this request."
        raise BadInput(f"The opening share was refused. {fault} {instead}", field="opening_share") from None
    return keep_share(asked, actor, user, key, shares)


@sensitive_variables()
def checked_shares(asked: ArmsRequest, key: CustodianKey, content: bytes) -> dict[str, str]:
    """The shares by subject; WrongShare names the fault."""
    given = read_share(content)
    expected = {
        "request": (asked.token, "It was made for another request."),
        "trial": (asked.campaign.trial.code, "It belongs to another trial."),
        "version": (asked.imported.version, "It belongs to another version of the arms."),
        "fingerprint": (key.fingerprint, "It was not made with your key."),
    }
    for name, (value, says) in expected.items():
        if given.get(name) != value:
            raise WrongShare(says)
    return matching_shares(asked, place_of(asked, key), given.get("shares"))


@sensitive_variables()
def matching_shares(asked: ArmsRequest, place: int, shares: Any) -> dict[str, str]:
    """The shares, each checked to be the one sealed to the custodian at that place."""
    values = values_of(asked)
    if not isinstance(shares, dict) or set(shares) != {value.subject.code for value in values}:
        raise WrongShare("Its subjects differ from those in the package.")
    trial, version = asked.campaign.trial.code, asked.imported.version
    for value in values:
        code = value.subject.code
        share = decoded(shares[code])
        if not is_share(value.sealed, place, share, trial=trial, subject=code, version=version):
            raise WrongShare(f"The share of subject {code} is not the one that was sealed to your key.")
    return shares


def read_share(content: bytes) -> dict[str, Any]:
    """The file as JSON of the right form."""
    if len(content) > LARGEST_SHARE:
        raise WrongShare(f"It is larger than {LARGEST_SHARE:,} bytes.")
    try:
        given = read_json(content, what="file")
    except BadInput:
        given = None
    if not isinstance(given, dict) or given.get("format") != OPENED:
        raise WrongShare("It is not an opening share.")
    return given


def decoded(text: object) -> bytes:
    """The bytes of one share; empty if it is not base64."""
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError:
        return b""


def count_wrong_share(asked: ArmsRequest, actor: Actor, why: str) -> None:
    """Records a wrong share in the audit trail and counts it with the request."""
    with audited_atomic():
        ArmsRequest.objects.filter(pk=asked.pk).update(wrong_shares=F("wrong_shares") + 1)
        asked.refresh_from_db()
        record_event("scoring.opening-share.refused", asked, actor, reason=why, wrong_shares=asked.wrong_shares)


@sensitive_variables()
def keep_share(asked: ArmsRequest, actor: Actor, user: User, key: CustodianKey, shares: dict[str, str]) -> OpeningShare:
    """Stores the share encrypted until it is used; the second share starts the opening of the arms."""
    text = json.dumps(shares, sort_keys=True).encode()
    sealed = concealed(text, name_of(asked, key))
    with audited_atomic():
        ArmsRequest.objects.select_for_update().get(pk=asked.pk)
        if same := asked.shares.filter(signature__signer=user).first():
            return same
        signature = write_signature(
            act=Act.ARMS_SHARE,
            actor=actor,
            user=user,
            record=("scoring.armsrequest", str(asked.pk)),
            digest=hashlib.sha256(f"{asked.token} {key.fingerprint}".encode()).hexdigest(),
            stream=asked.campaign.trial.code,
        )
        share = OpeningShare.objects.create(request=asked, key=key, signature=signature, content=sealed)
        changed: list[Model] = [share]
        if asked.shares.count() >= NEEDED:
            move_request(asked, ArmsRequestStatus.OPENING)
            changed.append(asked)
            add(kind="scoring.unseal", key=f"request-{asked.pk}", payload={"request": asked.pk})
        record_event("scoring.opening-share.given", asked, actor, changed, fingerprint=key.fingerprint)
    return share


def name_of(asked: ArmsRequest, key: CustodianKey) -> str:
    """The data to which the encrypted share is bound."""
    return f"opening share {asked.token} {key.fingerprint}"


@sensitive_variables()
def concealed(content: bytes, name: str) -> bytes:
    """Encrypted under the key of identified originals, which is not in the database."""
    out = io.BytesIO()
    encrypt(io.BytesIO(content), out, name)
    return out.getvalue()


@sensitive_variables()
def revealed(sealed: bytes | memoryview, name: str) -> bytes:
    """The decrypted content of that name."""
    out = io.BytesIO()
    decrypt(io.BytesIO(bytes(sealed)), out, name)
    return out.getvalue()
