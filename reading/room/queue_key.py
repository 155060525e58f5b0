"""The key of the offline queue: a reader's browser encrypts edits with it until the server has them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings


def queue_key(reader_id: int, address: str) -> str:
    """The key is the same for the same person and address, and is not stored: derived from SECRET_KEY on each page."""
    bound = f"capture queue {reader_id} {address}".encode()
    return base64.b64encode(hmac.new(settings.SECRET_KEY.encode(), bound, hashlib.sha256).digest()).decode()
