"""The message authentication code of each event: HMAC-SHA-256 over its hash, with a numbered key outside the database.

Anyone can verify the hashes. Only a holder of the key can append an event, so owning the tables is not enough.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

PURPOSE = b"\x04audit event"


class UnknownKey(LookupError):
    """No key has this number in AUDIT_MAC_KEYS."""


def newest_key() -> int:
    """The number of the key used for new events: the highest."""
    return max(settings.AUDIT_MAC_KEYS)


def mac_of(event_hash: str, number: int) -> str:
    """The authentication code of the event with this hash, made with the key of this number."""
    if number not in settings.AUDIT_MAC_KEYS:
        raise UnknownKey(f"key {number} is not in AUDIT_MAC_KEYS")
    content = PURPOSE + number.to_bytes(4) + bytes.fromhex(event_hash)
    return hmac.new(settings.AUDIT_MAC_KEYS[number], content, hashlib.sha256).hexdigest()


def is_authentic(event_hash: str, number: int, mac: str) -> bool:
    """Whether the code was made with the key of this number; UnknownKey when there is no such key."""
    try:
        wanted = mac_of(event_hash, number)
    except ValueError:  # the stored hash is not a hash
        return False
    return hmac.compare_digest(wanted.encode(), mac.encode())
