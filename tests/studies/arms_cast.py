"""Custodians with keys of their own, made by the tool they really use, and a trial that holds arms."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor
from studies.arms.custodian import custodian
from studies.arms.custodian_keys import confirm_key, hold_arms, register_key
from studies.arms.importing import import_arms
from studies.models import ArmsImport, Membership, Trial
from tests.cast import make_user

PASSPHRASE = "a passphrase of the tests"


@dataclass
class Custodian:
    """A person with their key file."""

    user: User
    actor: Actor
    key_file: Path
    public_key: str


@dataclass
class Holders:
    """A trial that holds arms, and its custodians."""

    trial: Trial
    custodians: list[Custodian] = field(default_factory=list)

    def seal(self, arms: dict[str, str], by: int = 0) -> ArmsImport:
        """Imports (subject, arm) as that custodian."""
        one = self.custodians[by]
        return import_arms(
            trial=self.trial, actor=one.actor, user=one.user, content=csv_of(arms).encode(), understood=True
        )


def csv_of(arms: dict[str, str]) -> str:
    """The list as a custodian brings it."""
    return "subject,arm\r\n" + "".join(f"{subject},{arm}\r\n" for subject, arm in arms.items())


def make_custodian(trial: Trial, number: int, folder: Path) -> Custodian:
    """A person with the role and a key, registered and confirmed."""
    user = make_user(f"custodian{number}@{trial.code.lower()}.example", f"Custodian {number}")
    Membership.objects.create(trial=trial, user=user, role=Role.CUSTODIAN, reason="test", first_used_at=timezone.now())
    actor = Actor(user.pk, str(user), Role.CUSTODIAN)
    path = folder / f"{trial.code}-{number}.pem"
    public = base64.b64encode(custodian.make_key(path, PASSPHRASE.encode())).decode()
    key = register_key(trial=trial, actor=actor, user=user, public_key=public)
    confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint)
    return Custodian(user, actor, path, public)


def make_holders(trial: Trial, coordinator: Actor, user: User, folder: Path, custodians: int = 3) -> Holders:
    """The coordinator's choice and so many custodians."""
    hold_arms(trial=trial, actor=coordinator, user=user, reason="the protocol asks for it")
    return Holders(trial, [make_custodian(trial, number, folder) for number in range(1, custodians + 1)])
