"""Keys for the links between films and reader images, derived from SEALING_KEY, which is not in the database."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


@lru_cache(maxsize=8)
def key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"blindread {purpose}".encode()).derive(secret.encode())


def sealed_bytes(content: bytes, *, bound_to: str, pad_to: int) -> bytes:
    """The content, different each time; padded, so that its size reveals little."""
    nonce = os.urandom(NONCE_BYTES)
    padded = content + b" " * (-len(content) % pad_to)
    return nonce + AESGCM(key(settings.SEALING_KEY, "film and image")).encrypt(nonce, padded, bound_to.encode())


def opened_bytes(sealed: bytes | memoryview, *, bound_to: str) -> bytes:
    """The sealed content; cryptography.exceptions.InvalidTag if it was altered or belongs elsewhere."""
    whole = bytes(sealed)
    cipher = AESGCM(key(settings.SEALING_KEY, "film and image"))
    return cipher.decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], bound_to.encode()).rstrip(b" ")


def index_of(text: str, *, purpose: str) -> str:
    """A digest by which a row can be found and that means nothing without the key."""
    return hmac.new(key(settings.SEALING_KEY, purpose), text.encode(), hashlib.sha256).hexdigest()


def keyed_pixels(digest: str) -> str:
    """A digest for comparing films, which cannot also be computed from a reader image."""
    return index_of(digest, purpose="pixels of a film") if digest else ""
