"""Opens the arms of a locked campaign with two custodians' shares: a separate package, for the unblinded side.

Arms are unencrypted only in the worker's memory. The package is stored encrypted and given to people who move to the
unblinded side of the trial permanently.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, write_signature
from accounts.signed_acts import Act
from audit import anchors
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from config.natural import natural_key
from jobs.queue import Lease
from reading.models import Campaign
from scoring.arms.opening_shares import concealed, name_of, revealed
from scoring.arms.requests import (
    REQUEST_IS,
    demand_lock_in_force,
    move_request,
    place_of,
    record_event,
    subjects_read,
    values_of,
    wipe_shares,
)
from scoring.datasets import verifier
from scoring.datasets.package import ZIP_TIME, harmless
from scoring.models import ArmsRequest, ArmsRequestStatus
from studies.arms.custodian_keys import note_arms_opened, note_arms_received
from studies.arms.sealing import open_arm
from studies.models import Subject
from studies.plan.membership import move_to_unblinded_side

ACTOR = Actor.system("arms")
README = """The arms of campaign {campaign}, trial {trial}. THIS PACKAGE UNBLINDS.

arms.csv   SUBJID and ARM of every subject whose case was read. ARM is empty when none was imported for the subject.
           Join it to the locked dataset (root {dataset_root}) by SUBJID.
verify.py  proves that the files are intact: python verify.py --root {{ROOT}}. The root is shown with the request.
"""


@sensitive_variables()
def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Opens {"request": id} and wipes the shares."""
    asked = ArmsRequest.objects.select_related("campaign__trial", "lock", "imported").get(pk=payload["request"])
    if asked.status != ArmsRequestStatus.OPENING:
        return
    try:
        arms = opened_arms(asked, lease)
    except InvalidTag:
        fail(asked, lease)
        return
    files = files_of(asked, arms)
    name = f"arms/{asked.token}.zip.sealed"
    if not storages["exports"].exists(name):
        storages["exports"].save(name, ContentFile(concealed(zipped(asked, files), name)))
    root = hashlib.sha256(files[verifier.MANIFEST]).hexdigest()
    with audited_atomic():
        lease.finish()
        move_request(asked, ArmsRequestStatus.OPENED, folder=name, root=root, opened_at=timezone.now())
        wipe_shares(asked)
        holding = note_arms_opened(asked.campaign.trial)
        record_event("scoring.arms.opened", asked, ACTOR, [asked, holding], root=root, subjects=len(arms))
        anchors.write_on_commit()


@sensitive_variables()
def opened_arms(asked: ArmsRequest, lease: Lease) -> dict[str, str]:
    """The arm of every subject whose case was read."""
    given = {
        place_of(asked, share.key): json.loads(revealed(share.content, name_of(asked, share.key)))
        for share in asked.shares.select_related("key")
        if share.content is not None
    }
    values = values_of(asked)
    arms = {}
    for done, value in enumerate(values):
        if done % 100 == 0:
            lease.progress(done, len(values), "opening the arms")
        code = value.subject.code
        shares = {place: base64.b64decode(by_subject[code]) for place, by_subject in given.items()}
        trial, version = asked.campaign.trial.code, asked.imported.version
        arms[code] = open_arm(value.sealed, shares, trial=trial, subject=code, version=version)
    return arms


def fail(asked: ArmsRequest, lease: Lease) -> None:
    """Marks the request as failed: the stored values differ from the sealed ones."""
    with audited_atomic():
        lease.finish()
        mark_failed(asked, "A sealed arm was altered after its import. No arm was opened.")


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Marks the request as failed because its job gave up: the shares are wiped and must be submitted again."""
    asked = ArmsRequest.objects.select_related("campaign__trial").get(pk=payload["request"])
    if asked.status == ArmsRequestStatus.OPENING:
        mark_failed(asked, f"{says} No arm was opened. Request the arms again once this is resolved.")


def mark_failed(asked: ArmsRequest, reason: str) -> None:
    """The request with the reason why it failed; its shares are wiped. Called inside a transaction."""
    with audited_atomic():
        move_request(asked, ArmsRequestStatus.FAILED, failure=reason[:500])
        wipe_shares(asked)
        record_event("scoring.arms-opening.failed", asked, ACTOR, [asked], reason=reason)


@sensitive_variables()
def files_of(asked: ArmsRequest, arms: dict[str, str]) -> dict[str, bytes]:
    """The package's files by name, the manifest among them."""
    facts = {
        "product": "Blindread opened arms",
        "trial": asked.campaign.trial.code,
        "campaign": asked.campaign.code,
        "lock": asked.lock.number,
        "dataset_root": asked.lock.root,
        "arms_version": asked.imported.version,
        "request": asked.token,
        "custodians": [share.key.fingerprint for share in asked.shares.select_related("key")],
    }
    files = {
        "arms.csv": table_of(asked, arms),
        "README.txt": README.format(**{name: facts[name] for name in ("trial", "campaign", "dataset_root")}).encode(),
        "verify.py": Path(verifier.__file__).read_bytes(),
    }
    listed = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    manifest = json.dumps({**facts, "files": listed}, indent=1, sort_keys=True) + "\n"
    return files | {verifier.MANIFEST: manifest.encode()}


@sensitive_variables()
def table_of(asked: ArmsRequest, arms: dict[str, str]) -> bytes:
    """SUBJID and ARM of every subject read, by code (2 before 10)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["SUBJID", "ARM"])
    codes = Subject.objects.filter(pk__in=subjects_read(asked.campaign)).values_list("code", flat=True)
    for code in sorted(codes, key=lambda code: (natural_key(code), code)):
        writer.writerow([harmless(code), harmless(arms.get(code, ""))])
    return out.getvalue().encode()


@sensitive_variables()
def zipped(asked: ArmsRequest, files: dict[str, bytes]) -> bytes:
    """The files as a zip, made in memory."""
    out = io.BytesIO()
    folder = f"{asked.campaign.trial.code}-{asked.campaign.code}-arms-UNBLINDED"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def receive_arms(*, asked: ArmsRequest, actor: Actor, user: User, password: str) -> bytes:
    """The opened package. The person who receives it signs its root and moves to the unblinded side permanently.

    The same form sent twice gives the same bytes and unblinds nobody again.
    """
    authorise(actor, Action.RECEIVE_ARMS)
    if asked.status != ArmsRequestStatus.OPENED:
        raise WrongState(f"This request {REQUEST_IS[asked.status]}. The arms can be received once they are opened.")
    prove(act=Act.ARMS_RECEIPT, user=user, password=password)
    with storages["exports"].open(asked.folder) as file:
        content = revealed(file.read(), asked.folder)
    with audited_atomic():
        Campaign.objects.select_for_update().get(pk=asked.campaign_id)
        if receipt_of(asked, user) is None:
            demand_lock_in_force(asked)
            hand_over(asked, actor, user)
    return content


def receipt_of(asked: ArmsRequest, user: User) -> Signature | None:
    """The person's signature on the receipt of these arms."""
    return signed_before(act=Act.ARMS_RECEIPT, user=user, record=record_of(asked), digest=asked.root)


def hand_over(asked: ArmsRequest, actor: Actor, user: User) -> None:
    """Records the receipt: signed, the person unblinded, the lock from now on the analysis of record."""
    trial = asked.campaign.trial
    write_signature(
        act=Act.ARMS_RECEIPT,
        actor=actor,
        user=user,
        record=record_of(asked),
        digest=asked.root,
        stream=trial.code,
    )
    move_to_unblinded_side(trial=trial, user=user, actor=actor, reason=f"received the arms of {asked.campaign.code}")
    holding = note_arms_received(trial)
    record_event("scoring.arms.received", asked, actor, [asked, holding], root=asked.root)


def record_of(asked: ArmsRequest) -> tuple[str, str]:
    """The request as the record of a signature."""
    return ("scoring.armsrequest", str(asked.pk))
