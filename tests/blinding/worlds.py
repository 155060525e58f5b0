"""A world, and what every part of its building refers to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor
from reading.models import Campaign
from studies.models import Subject
from tests.blinding.secrets_of import Secrets

PASSWORD = "correct horse battery staple"
INSTRUMENT = "larsen-1995"
DUE = "2026-03-04"
SECONDS = {"reader.two": Role.READER, "site.two": Role.SITE, "custodian.two": Role.CUSTODIAN}
FOREIGN_FIRST, OWN_FIRST = 1, 1001
HOLDERS = ("custodian", "custodian.two")


@dataclass
class World:
    """A world and how to find things in it by what they show."""

    secrets: Secrets
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    campaign: Campaign | None = None


def custodian_key(place: int) -> X25519PrivateKey:
    """The private key of a custodian, which is nowhere in the product."""
    return X25519PrivateKey.from_private_bytes(hashlib.sha256(f"private {place}".encode()).digest())


def content_token(*parts: object) -> str:
    """A key that depends on the pixels alone: the same film has it in both worlds."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:43]
