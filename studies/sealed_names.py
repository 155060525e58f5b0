"""File names at the site, which often contain a patient's name: encrypted in the database, plain text in Python.

AES-256-GCM under a key drawn from QUARANTINE_KEY, as for the originals. The database can neither compare nor sort them.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

NONCE_BYTES = 12
# Sealed names are padded to multiples of this length, so that their size reveals little.
PAD_TO = 64
UNREADABLE = "name not readable"
PURPOSE = b"name of a file at its site"


@lru_cache(maxsize=1)
def cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, PURPOSE).derive(secret.encode()))


def seal(name: str) -> str:
    """The name as stored in the database, different each time."""
    content = name.encode(errors="replace")
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher(settings.QUARANTINE_KEY).encrypt(nonce, content + b"\x00" * (-len(content) % PAD_TO), PURPOSE)
    return base64.b64encode(nonce + sealed).decode()


def opened(sealed: str) -> str:
    """The name in plain text; if the key is different or the value was altered, films are listed without it."""
    try:
        whole = base64.b64decode(sealed, validate=True)
        padded = cipher(settings.QUARANTINE_KEY).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], PURPOSE)
    except (InvalidTag, ValueError):
        return UNREADABLE
    return padded.rstrip(b"\x00").decode()


class SealedName(models.TextField):  # type: ignore[type-arg]
    """Text in Python, sealed in the database."""

    def get_prep_value(self, value: Any) -> Any:
        """Sealed on its way into the database."""
        return None if value is None else seal(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Opened on its way out."""
        return None if value is None else opened(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Offers no lookups: a comparison in the database would find nothing."""
        return None
