"""Seals one arm so that any two of the two or three custodians together can open it, and nobody else, not the server.

For every pair of custodians the value is encrypted under HKDF(k1 || k2), k1 and k2 fresh; a custodian's shares are
encrypted to that custodian by HPKE. A commitment to each custodian's shares reveals a wrong share immediately.
docs/decisions/0008.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from studies.arms.custodian.custodian import SUITE, context

SHARE_BYTES = 32
NONCE_BYTES = 12
PADDED_BYTES = 128
LONGEST_ARM_BYTES = 100


def seal_arm(arm: str, keys: Sequence[bytes], *, trial: str, subject: str, version: int) -> dict[str, Any]:
    """The sealed value as JSON: `values` by pair "1-2", `shares` and `commitments` by custodian's place "1"."""
    places = range(1, len(keys) + 1)
    held: dict[int, list[bytes]] = {place: [] for place in places}
    values = {}
    for pair in combinations(places, 2):
        fresh = {place: os.urandom(SHARE_BYTES) for place in pair}
        for place, share in fresh.items():
            held[place].append(share)
        part = name_of(pair)
        values[part] = encoded(encrypt(arm, fresh[pair[0]], fresh[pair[1]], context(trial, subject, version, part)))
    whole = {place: b"".join(shares) for place, shares in held.items()}
    bound = {place: context(trial, subject, version, f"share {place}") for place in places}
    return {
        "values": values,
        "shares": {
            str(place): encoded(SUITE.encrypt(whole[place], X25519PublicKey.from_public_bytes(key), info=bound[place]))
            for place, key in zip(places, keys, strict=True)
        },
        "commitments": {str(place): commitment(whole[place], bound[place]) for place in places},
    }


def is_share(sealed: Mapping[str, Any], place: int, share: bytes, *, trial: str, subject: str, version: int) -> bool:
    """Whether these bytes are the share sealed to the custodian at that place."""
    given = commitment(share, context(trial, subject, version, f"share {place}"))
    return hmac.compare_digest(given, sealed["commitments"][str(place)])


def open_arm(sealed: Mapping[str, Any], given: Mapping[int, bytes], *, trial: str, subject: str, version: int) -> str:
    """The arm from two custodians' shares; cryptography.exceptions.InvalidTag when a share is not the custodian's."""
    first, second = sorted(given)
    part, count = name_of((first, second)), len(sealed["shares"])
    shares = [share_of_pair(given[place], place, (first, second), count) for place in (first, second)]
    whole = base64.b64decode(sealed["values"][part])
    padded = cipher(*shares).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], context(trial, subject, version, part))
    return padded[1 : 1 + padded[0]].decode()


def share_of_pair(shares: bytes, place: int, pair: tuple[int, int], count: int) -> bytes:
    """A custodian's 32 bytes for one pair; the shares are in the order of the custodian's pairs."""
    own = [one for one in combinations(range(1, count + 1), 2) if place in one]
    start = own.index(pair) * SHARE_BYTES
    return shares[start : start + SHARE_BYTES]


def encrypt(arm: str, first: bytes, second: bytes, bound_to: bytes) -> bytes:
    """Nonce and ciphertext of the arm, padded so that all arms have the same length."""
    text = arm.encode()
    padded = bytes([len(text)]) + text + bytes(PADDED_BYTES - 1 - len(text))
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher(first, second).encrypt(nonce, padded, bound_to)


def cipher(first: bytes, second: bytes) -> AESGCM:
    """AES-256-GCM under HKDF(k1 || k2)."""
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"blindread arm 1").derive(first + second))


def commitment(share: bytes, bound_to: bytes) -> str:
    """SHA-256 over the binding's length, the binding and the share: reveals nothing about 256 random bits."""
    return hashlib.sha256(len(bound_to).to_bytes(4, "big") + bound_to + share).hexdigest()


def name_of(pair: tuple[int, int]) -> str:
    """A pair as written in the sealed value."""
    return f"{pair[0]}-{pair[1]}"


def encoded(data: bytes) -> str:
    """Base64 text."""
    return base64.b64encode(data).decode()
