"""The only link between blinded data and identities: AES-256-GCM with a key that is not in the database.

`seal` is called by campaigns and assignments; `unseal` by the modules named in the import contract and no other.
Sealed values are padded to one length, so that their size reveals nothing.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12
PAD_TO = 1024


def sealing_cipher() -> AESGCM:
    """The cipher under the key derived from SEALING_KEY."""
    return cipher(settings.SEALING_KEY)


@lru_cache(maxsize=2)
def cipher(secret: str) -> AESGCM:
    own = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"blindread sealed order").derive(secret.encode())
    return AESGCM(own)


def seal(payload: dict[str, Any], *, bound_to: str) -> bytes:
    """The payload, readable only by `unseal` with the same binding (a row's kind and token)."""
    text = json.dumps(payload, separators=(",", ":")).encode()
    padded = text + b" " * (-len(text) % PAD_TO)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + sealing_cipher().encrypt(nonce, padded, bound_to.encode())


def unseal(sealed: bytes | memoryview, *, bound_to: str) -> dict[str, Any]:
    """The sealed value; cryptography.exceptions.InvalidTag if it was altered or belongs elsewhere."""
    whole = bytes(sealed)
    text = sealing_cipher().decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], bound_to.encode())
    payload: dict[str, Any] = json.loads(text)
    return payload
