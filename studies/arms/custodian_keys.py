"""The choice to store sealed arms in a trial, and its custodians' public keys. By default none are stored."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted, quoted
from studies.arms.custodian.custodian import PUBLIC_KEY_BYTES, fingerprint
from studies.models import ArmsHolding, ArmsImport, CustodianKey, Trial
from studies.naming import checked_text, used_once

FEWEST_CUSTODIANS, MOST_CUSTODIANS = 2, 3
NEW_KEY = "Create a new one with custodian.py keygen."


def holds_arms(trial: Trial) -> bool:
    """Whether anything about arms is shown in this trial."""
    return ArmsHolding.objects.filter(trial=trial).exists()


def demand_holding(trial: Trial) -> None:
    """Refuses any action on arms in a trial without stored arms."""
    if not holds_arms(trial):
        raise WrongState(f"Trial {trial.code} holds no arms. Its coordinator decides whether it holds them.")


def hold_arms(*, trial: Trial, actor: Actor, user: User, reason: str) -> ArmsHolding:
    """Chooses to store arms in the trial, sealed to its custodians."""
    authorise(actor, Action.CHOOSE_ARMS)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        if holds_arms(trial):
            raise WrongState(f"Trial {trial.code} already holds arms. Nothing was changed.")
        holding = ArmsHolding.objects.create(trial=trial, chosen_by=user, reason=reason)
        record_event("studies.sealed-arms.chosen", trial, actor, [holding], reason=reason)
    return holding


def hold_no_arms(*, trial: Trial, actor: Actor, reason: str) -> None:
    """Restores the default; refused once values have been imported, because they stay sealed permanently."""
    authorise(actor, Action.CHOOSE_ARMS)
    reason = checked_text("reason", reason, longest=200)
    demand_holding(trial)
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        if ArmsImport.objects.filter(trial=trial).exists():
            raise WrongState(
                f"Arms have already been imported into trial {trial.code}. It can no longer choose to hold none."
            )
        holdings = ArmsHolding.objects.filter(trial=trial)
        gone = list(holdings)
        holdings.delete()
        record_event("studies.sealed-arms.declined", trial, actor, gone, reason=reason)


def register_key(*, trial: Trial, actor: Actor, user: User, public_key: str) -> CustodianKey:
    """Registers a custodian's public key, replacing their earlier one. It is valid once they have confirmed it."""
    authorise(actor, Action.HOLD_ARMS)
    demand_holding(trial)
    text = "".join(public_key.split())
    mark = fingerprint(decoded_key(text))
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        own = trial.custodian_keys.filter(custodian=user, replaced_at=None)
        others = trial.custodian_keys.usable().exclude(custodian=user).count()
        if others >= MOST_CUSTODIANS:
            raise WrongState(
                f"Trial {trial.code} already has {others} custodians with a confirmed key, and no more are allowed."
                " Revoke the role of one of them first."
            )
        replaced = list(own)
        own.update(replaced_at=timezone.now())
        with used_once(f"This public key was already registered in trial {trial.code}. {NEW_KEY}", field="public_key"):
            key = CustodianKey.objects.create(trial=trial, custodian=user, public_key=text, fingerprint=mark)
        record_event(
            "studies.custodian-key.registered", trial, actor, [key, *replaced], fingerprint=mark, custodian=user.pk
        )
    return key


def decoded_key(text: str) -> bytes:
    """The 32 bytes of a public key as custodian.py prints it."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != PUBLIC_KEY_BYTES:
        raise BadInput(
            f"The public key {quoted(text)} is not valid."
            " Paste the line of 44 characters that custodian.py keygen prints.",
            field="public_key",
        )
    return key


def confirm_key(*, key: CustodianKey, actor: Actor, user: User, typed: str) -> None:
    """The custodian types the fingerprint that their own computer shows, which proves that the key is theirs."""
    authorise(actor, Action.HOLD_ARMS)
    demand_true_fingerprint(key)
    if "".join(typed.split()).lower() != key.fingerprint:
        raise BadInput(
            f"The fingerprint {quoted(typed)} does not match the registered key."
            " Enter the one that custodian.py fingerprint prints on your own computer.",
            field="fingerprint",
        )
    with audited_atomic():
        waiting = CustodianKey.objects.filter(pk=key.pk, custodian=user, confirmed_at=None, replaced_at=None)
        if waiting.update(confirmed_at=timezone.now()) != 1:
            raise WrongState(
                f"The key {key.fingerprint} was already confirmed or replaced. Register a new one instead."
            )
        record_event("studies.custodian-key.confirmed", key.trial, actor, [key], fingerprint=key.fingerprint)


def demand_true_fingerprint(key: CustodianKey) -> None:
    """Refuses a key that does not match its stored fingerprint: one of the two was altered in the database."""
    try:
        true = fingerprint(decoded_key(key.public_key)) == key.fingerprint
    except BadInput:
        true = False
    if not true:
        raise WrongState(
            f"The public key of {key.custodian} does not have the fingerprint {key.fingerprint} that is stored with it."
            " Have an administrator verify the audit trail, and register a new key."
        )


def keys_to_seal_to(trial: Trial) -> list[CustodianKey]:
    """The two or three confirmed keys; WrongState with fewer or more."""
    keys = list(trial.custodian_keys.usable().select_related("custodian"))
    if not FEWEST_CUSTODIANS <= len(keys) <= MOST_CUSTODIANS:
        raise WrongState(
            f"Trial {trial.code} has {counted(len(keys), 'confirmed custodian key')}."
            f" Arms are sealed to {FEWEST_CUSTODIANS} or {MOST_CUSTODIANS}."
        )
    for key in keys:
        demand_true_fingerprint(key)
    return keys


def newest_import(trial: Trial) -> ArmsImport | None:
    """The newest version."""
    return ArmsImport.objects.filter(trial=trial).order_by("-version").first()


def note_arms_opened(trial: Trial) -> ArmsHolding:
    """Stores when arms of the trial were first opened, in the transaction of the event that records it."""
    ArmsHolding.objects.filter(trial=trial, opened_at=None).update(opened_at=timezone.now())
    return ArmsHolding.objects.get(trial=trial)


def note_arms_received(trial: Trial) -> ArmsHolding:
    """Stores when arms of the trial were first received, in the transaction of the event that records it."""
    ArmsHolding.objects.filter(trial=trial, received_at=None).update(received_at=timezone.now())
    return ArmsHolding.objects.get(trial=trial)


def record_event(
    action: str, trial: Trial, actor: Actor, tracked: Sequence[Model] = (), reason: str = "", **details: object
) -> None:
    """One event about the arms of a trial; never a value."""
    record(
        action=action,
        actor=actor,
        stream=trial.code,
        subject=("studies.trial", str(trial.pk)),
        reason=reason,
        details={"trial": trial.code, **details},
        tracked=tracked,
    )
