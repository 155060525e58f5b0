"""Imports (subject, arm) directly into ciphertext, within one request: no file, job or log contains a value."""

from __future__ import annotations

import base64

from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from studies.arms.custodian_keys import demand_holding, keys_to_seal_to, newest_import
from studies.arms.sealing import seal_arm
from studies.arms.table import read_arms
from studies.models import ArmsImport, CustodianKey, SealedArm, Subject, Trial
from studies.plan.membership import move_to_unblinded_side


@sensitive_variables()
def import_arms(*, trial: Trial, actor: Actor, user: User, content: bytes, understood: bool) -> ArmsImport:
    """Seals the whole list as the next version to the confirmed keys. The person who imports the file has seen the
    arms and is therefore unblinded in the trial.
    """
    authorise(actor, Action.HOLD_ARMS)
    demand_holding(trial)
    if not understood:
        raise BadInput(
            "The warning about lost keys was not acknowledged. Tick it to confirm that you have understood it.",
            field="understood",
        )
    keys = keys_to_seal_to(trial)
    subjects = {subject.code: subject for subject in trial.subjects.all()}
    arms = read_arms(content, set(subjects))
    newest = newest_import(trial)
    version = newest.version + 1 if newest else 1
    sealed = [
        SealedArm(subject=subjects[code], sealed=sealed_value(arm, keys, trial, subjects[code], version))
        for code, arm in sorted(arms.items())
    ]
    return write_import(trial, actor, user, keys, version, sealed)


@sensitive_variables()
def sealed_value(arm: str, keys: list[CustodianKey], trial: Trial, subject: Subject, version: int) -> dict[str, object]:
    """One arm for these custodians, bound to trial, subject and version."""
    public = [base64.b64decode(key.public_key) for key in keys]
    return seal_arm(arm, public, trial=trial.code, subject=subject.code, version=version)


def write_import(
    trial: Trial, actor: Actor, user: User, keys: list[CustodianKey], version: int, sealed: list[SealedArm]
) -> ArmsImport:
    """The ciphertext and its event, in one transaction."""
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        if [key.pk for key in keys_to_seal_to(trial)] != [key.pk for key in keys]:
            raise WrongState(
                f"The custodians' keys of trial {trial.code} changed during the import, so nothing was imported."
                " Import the file again."
            )
        imported = make_import(trial, user, keys, version)
        for value in sealed:
            value.imported = imported
        made = SealedArm.objects.bulk_create(sealed)
        record(
            action="studies.arms.imported",
            actor=actor,
            stream=trial.code,
            subject=("studies.armsimport", str(imported.pk)),
            details={"version": version, "subjects": len(made), "keys": [key.fingerprint for key in keys]},
            rows=[imported, *made],
        )
        move_to_unblinded_side(trial=trial, user=user, actor=actor, reason=f"imported arms version {version}")
    return imported


def make_import(trial: Trial, user: User, keys: list[CustodianKey], version: int) -> ArmsImport:
    """The row of the version; of two simultaneous imports the second is refused, as it was bound to the same number."""
    if ArmsImport.objects.filter(trial=trial, version=version).exists():
        raise WrongState(
            f"Another person imported version {version} of the arms at the same time, so this file was not imported."
            " Look at that version before you import again."
        )
    return ArmsImport.objects.create(trial=trial, version=version, keys=[key.pk for key in keys], imported_by=user)


def without_arm(imported: ArmsImport) -> list[str]:
    """The subjects of the trial without an arm in this version."""
    have = imported.values.values("subject")
    return list(imported.trial.subjects.exclude(pk__in=have).values_list("code", flat=True))
